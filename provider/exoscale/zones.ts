import { Api, type ApiOptions } from "./client";

/** A zone of Exoscale. */
export interface Zone {
  /** Zone name, such as `ch-gva-2`. */
  readonly name: string;
  /** Where the API of that zone is; absolute. */
  readonly "api-endpoint": string;
  /** Where its object storage is; absolute. */
  readonly "sos-endpoint"?: string;
}

/**
 * All zones; the API of any zone lists them. Unsigned, because the API gives this list to anybody, but refuses it to
 * keys whose role does not allow it.
 */
export function listZones(
  endpoint: string,
  options: Omit<ApiOptions, "endpoint" | "credentials"> = {},
): Promise<readonly Zone[]> {
  const api = new Api({ ...options, endpoint, credentials: "unsigned" });
  return api.list({ what: "list zones", path: "/zone" }, "zones", { name: "text", "api-endpoint": "text" });
}
