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
 * All zones, asked of the API of any of them. Unsigned, for the API gives this list to anybody and refuses it to keys
 * whose role does not allow it.
 */
export function listZones(
  endpoint: string,
  options: Omit<ApiOptions, "endpoint" | "credentials"> = {},
): Promise<readonly Zone[]> {
  const api = new Api({ ...options, endpoint, credentials: "unsigned" });
  return api.list({ what: "list zones", path: "/zone" }, "zones");
}
