/** The options in front of a key in authorized_keys (sshd(8), AUTHORIZED_KEYS FILE FORMAT). */
import { inNetwork } from "../network";

/** The options that decide about a login. The other ones are valid and have no effect here. */
export interface LineOptions {
  readonly command?: string;
  /** Patterns of the addresses that may use the key. */
  readonly from?: string;
  /** Milliseconds since 1970 after which the key is refused. */
  readonly expiry?: number;
  /** Whether the line names a certificate authority, not a key. */
  readonly isAuthority?: boolean;
}

const flags = new Set(
  ["agent-forwarding", "port-forwarding", "pty", "user-rc", "x11-forwarding"]
    .flatMap((flag) => [flag, `no-${flag}`])
    .concat("restrict", "no-touch-required", "verify-required"),
);

const valuedOptions = new Set(["environment", "permitlisten", "permitopen", "principals", "tunnel"]);

const OPTION = /^([a-z0-9-]+)(?:="((?:\\"|[^"])*)")?(?:,|$)/i;

/** The options of a line; undefined when one is unknown or malformed, because sshd then ignores the line. */
export function parseOptions(text: string): LineOptions | undefined {
  let options: LineOptions = {};
  let rest = text;
  while (rest !== "") {
    const [whole, name = "", value] = OPTION.exec(rest) ?? [];
    const meaning = whole === undefined ? undefined : meaningOf(name.toLowerCase(), value?.replaceAll('\\"', '"'));
    if (whole === undefined || !meaning) return undefined;
    options = { ...options, ...meaning };
    rest = rest.slice(whole.length);
  }
  return options;
}

function meaningOf(name: string, value: string | undefined): LineOptions | undefined {
  if (value === undefined) return name === "cert-authority" ? { isAuthority: true } : flags.has(name) ? {} : undefined;
  if (name === "command") return { command: value };
  if (name === "from") return { from: value };
  if (name === "expiry-time") return expiryOf(value);
  return valuedOptions.has(name) ? {} : undefined;
}

/** `YYYYMMDD[HHMM[SS]]`, local time, or UTC with a final Z. */
function expiryOf(value: string): LineOptions | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(Z?)$/i.exec(value);
  if (!match) return undefined;
  const [, year, month, day, hour = "00", minute = "00", second = "00", zone = ""] = match;
  return { expiry: Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone.toUpperCase()}`) };
}

/** Whether a line with these options allows this attempt. */
export function allows(options: LineOptions, attempt: { readonly address: string; readonly at: number }): boolean {
  if (options.isAuthority || (options.expiry !== undefined && options.expiry <= attempt.at)) return false;
  return options.from === undefined || matchesList(options.from, attempt.address);
}

function matchesList(list: string, address: string): boolean {
  const patterns = list.split(",").map((pattern) => pattern.trim());
  if (patterns.some((pattern) => pattern.startsWith("!") && matches(pattern.slice(1), address))) return false;
  return patterns.some((pattern) => matches(pattern, address));
}

function matches(pattern: string, address: string): boolean {
  if (pattern.includes("/")) return inNetwork(pattern, address);
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`).test(address);
}
