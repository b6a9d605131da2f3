import type { HostAccess } from "../../account";
import { omitUndefined } from "../contract/state";
import { bastionOf } from "./credentials";
import type { Credentials } from "./fields";

/** What is needed to log in to one host. */
export interface WayToHost extends Pick<HostAccess, "target" | "credentials" | "acceptNew" | "timeoutMs"> {
  /** The connection that the program declares. Its host key and its jump host are used here. */
  readonly connection: (Credentials & { readonly hostKey?: string | undefined }) | undefined;
  /** Host keys to expect if the connection names none, in any form that a connection takes. */
  readonly rememberedHostKeys: readonly string[];
}

/** How to log in to a host. A declared host key takes precedence over remembered ones. */
export function hostAccess({ connection, rememberedHostKeys, ...way }: WayToHost): HostAccess {
  const { hostKey } = connection ?? {};
  return omitUndefined<HostAccess>({
    ...way,
    knownHostKeys: hostKey === undefined ? rememberedHostKeys : [hostKey],
    bastion: bastionOf(connection, way.target.user),
  });
}
