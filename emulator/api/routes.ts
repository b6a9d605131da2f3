/** Every route of the emulated API. */
import { antiAffinityGroupRoutes } from "./anti_affinity_groups";
import { catalogueRoutes } from "./catalogue_routes";
import { instanceActionRoutes } from "./instance_actions";
import { instancePoolRoutes } from "./instance_pools";
import { instanceRoutes } from "./instances";
import { type Route, Router } from "./route";
import { securityGroupRoutes } from "./security_groups";
import { sshKeyRoutes } from "./ssh_keys";
import { zoneRoutes } from "./zones";

/** All that is emulated. */
export const routes: readonly Route[] = [
  ...zoneRoutes,
  ...sshKeyRoutes,
  ...instanceRoutes,
  ...instanceActionRoutes,
  ...securityGroupRoutes,
  ...antiAffinityGroupRoutes,
  ...instancePoolRoutes,
  ...catalogueRoutes,
];

/** Finds the handler of a method and a path below `/v2`. */
export const router = new Router(routes);
