import type { HostAccess } from "../../account";
import { omitUndefined } from "../contract/state";
import { bastionOf } from "./credentials";
import type { Credentials } from "./fields";

/** What leads to one host. */
export interface WayToHost extends Pick<HostAccess, "target" | "credentials" | "acceptNew" | "timeoutMs"> {
  /** What the program says of the host: its host key and its jump host count here. */
  readonly connection: (Credentials & { readonly hostKey?: string | undefined }) | undefined;
  /** Host keys that are known of it where the connection names none, in any form that a connection takes. */
  readonly rememberedHostKeys: readonly string[];
}

/** How to get to a host and in. The host key that the program declares goes before those that are remembered. */
export function hostAccess({ connection, rememberedHostKeys, ...way }: WayToHost): HostAccess {
  const { hostKey } = connection ?? {};
  return omitUndefined<HostAccess>({
    ...way,
    knownHostKeys: hostKey === undefined ? rememberedHostKeys : [hostKey],
    bastion: bastionOf(connection, way.target.user),
  });
}
