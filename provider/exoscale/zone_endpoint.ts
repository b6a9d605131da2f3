import { UntrustedEndpointError } from "../errors";
import type { Zone } from "./zones";

/**
 * Where signed requests for a zone go. Anybody between here and the API could name another host in the list of zones, which
 * is not signed, and would then get requests with a signature, and with user data in them.
 *
 * @param configured the endpoint that gave the list
 * @throws UntrustedEndpointError unless the zone's endpoint is Exoscale's own for that zone, or is at the host of
 *   `configured`, or at a host that differs from it only in the name of the zone
 */
export function zoneEndpoint(zone: Zone, configured: string): string {
  const named = URL.parse(zone["api-endpoint"]);
  if (named && isPlain(named) && isTrusted(named, zone.name, new URL(configured))) return named.href;
  throw new UntrustedEndpointError(zone.name, zone["api-endpoint"], configured);
}

/** Whether a URL has nothing but a host and a path. */
function isPlain({ username, password, search, hash }: URL): boolean {
  return username === "" && password === "" && search === "" && hash === "";
}

function isTrusted(named: URL, zone: string, configured: URL): boolean {
  const ofExoscale = `https://api-${zone}.exoscale.com`;
  if ([ofExoscale, originOfZone(configured, zone)].includes(named.origin)) return true;
  // Another port of a host is as trustworthy as the host, but not what goes there in the clear.
  const isAsSafe = named.protocol === "https:" || named.protocol === configured.protocol;
  const isSame = named.hostname === configured.hostname || [named, configured].every(isThisMachine);
  return isSame && isAsSafe;
}

const isThisMachine = ({ hostname }: URL) => ["localhost", "127.0.0.1", "[::1]"].includes(hostname);

/** The name of a zone in the first label of a host, which belongs to somebody who has at least two labels behind it. */
const ZONE_IN_HOST = /^([a-z]+:\/\/(?:[a-z0-9-]+-)?)[a-z]{2}-[a-z]{2,3}-\d+((?:-[a-z0-9-]+)?\.[^.]+\..+)$/;

/** The configured origin with the name of another zone in it; undefined if it names none. */
function originOfZone({ origin }: URL, zone: string): string | undefined {
  return /^[a-z]{2}-[a-z]{2,3}-\d+$/.test(zone) && ZONE_IN_HOST.test(origin)
    ? origin.replace(ZONE_IN_HOST, `$1${zone}$2`)
    : undefined;
}
