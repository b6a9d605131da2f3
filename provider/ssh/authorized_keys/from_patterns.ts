import { isIPv4, isIPv6 } from "node:net";

/**
 * Why a list of patterns in `from=` (ssh_config(5), PATTERNS; sshd(8)) matches fewer clients than it seems to, or none,
 * as the end of a sentence. sshd reports none of these mistakes.
 */
export function whyPatternsMatchNobody(list: string): string | undefined {
  const patterns = list.split(",");
  for (const pattern of patterns) {
    const why = whyWrong(pattern.replace(/^!/, ""));
    if (why !== undefined) return why;
  }
  return patterns.every((pattern) => pattern.startsWith("!"))
    ? "it only excludes clients, so nobody may log in; add a pattern for those who may, such as *"
    : undefined;
}

function whyWrong(pattern: string): string | undefined {
  if (pattern === "") return "a pattern is empty; separate addresses, networks and names by single commas";
  if (/\s/.test(pattern)) return `there are blanks in "${pattern}", which never match; remove them`;
  if (pattern.includes("/")) return whyNoNetwork(pattern);
  return /^[\w.:*?%-]+$/.test(pattern) ? undefined : `"${pattern}" is no address, network or name`;
}

function whyNoNetwork(pattern: string): string | undefined {
  const [address = "", length = "", ...more] = pattern.split("/");
  const bits = bitsOf(address);
  const wrong = bits === undefined || !/^\d{1,3}$/.test(length) || Number(length) > bits.length || more.length > 0;
  if (wrong) return `"${pattern}" is no network; write it as 192.0.2.0/24 or 2001:db8::/32`;
  if (/1/.test(bits.slice(Number(length)))) {
    return `"${pattern}" names a host and not a network, so that sshd refuses everybody; set the bits after /${length} to zero`;
  }
  return undefined;
}

/** An address as a string of zeros and ones. */
function bitsOf(address: string): string | undefined {
  if (isIPv4(address)) return address.split(".").map(binary(10, 8)).join("");
  if (!isIPv6(address) || address.includes("%")) return undefined;
  const [head = [], tail = []] = withHexEnd(address)
    .split("::")
    .map((side) => side.split(":").filter(Boolean));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => "0");
  return [...head, ...zeros, ...tail].map(binary(16, 16)).join("");
}

/** Rewrites an IPv4 address at the end of an IPv6 address in hexadecimal. */
function withHexEnd(address: string): string {
  return address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
}

function binary(radix: number, width: number): (digits: string) => string {
  return (digits) => Number.parseInt(digits, radix).toString(2).padStart(width, "0");
}
