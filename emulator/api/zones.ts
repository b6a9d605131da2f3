/** Zones: the only unsigned route. Its answer tells clients the endpoint of each zone. */
import { stableId } from "./catalogue";
import type { Route } from "./route";

/** GET /zone. */
export const zoneRoutes: readonly Route[] = [
  [
    "GET",
    "/zone",
    ({ world }) => ({
      zones: world.zones.map(({ name, endpoint }) => ({
        id: stableId(`zone ${name}`),
        name,
        "api-endpoint": endpoint,
        "sos-endpoint": endpoint,
      })),
    }),
  ],
];
