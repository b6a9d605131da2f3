/** Networks in CIDR form, which security groups and authorized_keys both use. */
import { BlockList, isIP, isIPv6 } from "node:net";

/** Whether an address lies in a network such as `10.0.0.0/8` or `::/0`. An invalid network contains no address. */
export function inNetwork(network: string | undefined, address: string): boolean {
  if (!isNetwork(network)) return false;
  const [base = "", bits] = network.split("/");
  const family = isIPv6(base) ? "ipv6" : "ipv4";
  if (isIPv6(address) !== (family === "ipv6")) return false;
  const list = new BlockList();
  list.addSubnet(base, Number(bits), family);
  return list.check(address, family);
}

/** Whether a text is a network in CIDR form. */
export function isNetwork(network: string | undefined): network is string {
  const [address = "", bits = ""] = network?.split("/") ?? [];
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return /^\d+$/.test(bits) && Number(bits) <= most;
}
