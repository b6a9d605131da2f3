import { Api, type ApiOptions } from "./client";
import { refusalError } from "./refusal";
import type { Shape } from "./shape";

/** A zone of Exoscale. */
export interface Zone {
  /** Zone name, such as `ch-gva-2`. */
  readonly name: string;
  /** Where the API of that zone is; absolute. */
  readonly "api-endpoint": string;
  /** Where its object storage is; absolute. */
  readonly "sos-endpoint"?: string;
}

/** Most zones in a list: a search asks each of them. Exoscale has eight. */
const MOST_ZONES = 100;

/** A name of letters, digits and hyphens can stand in every message and in the name of a host. */
const zoneShape: Shape = { name: /^[a-z0-9-]{1,64}$/i, "api-endpoint": "text" };

/**
 * All zones; the API of any zone lists them. Unsigned, because the API gives this list to anybody, but refuses it to
 * keys whose role does not allow it.
 */
export async function listZones(
  endpoint: string,
  options: Omit<ApiOptions, "endpoint" | "credentials"> = {},
): Promise<readonly Zone[]> {
  const api = new Api({ ...options, endpoint, credentials: "unsigned" });
  const call = { what: "list zones", path: "/zone" };
  const zones = await api.list<Zone>(call, "zones", zoneShape);
  if (zones.length <= MOST_ZONES) return zones;
  const refused = { status: 200, contentType: "", clockAhead: 0, body: `a list of ${zones.length} zones` };
  throw refusalError({ ...call, method: "GET" }, refused, []);
}
