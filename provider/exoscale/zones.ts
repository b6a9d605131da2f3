import { Api, type ApiOptions } from "./client";
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

/** A name of letters, digits and hyphens can stand in every message and in the name of a host. */
const zoneShape: Shape = { name: /^[a-z0-9-]{1,64}$/i, "api-endpoint": "text" };

/**
 * All zones; the API of any zone lists them. Unsigned, because the API gives this list to anybody, but refuses it to
 * keys whose role does not allow it.
 */
export function listZones(
  endpoint: string,
  options: Omit<ApiOptions, "endpoint" | "credentials"> = {},
): Promise<readonly Zone[]> {
  const api = new Api({ ...options, endpoint, credentials: "unsigned" });
  return api.list({ what: "list zones", path: "/zone" }, "zones", zoneShape);
}
