import type { Account, Credential, HostAccess, Instance } from "../../account";
import { hostAccess } from "../access/host_access";
import { pinOf } from "../labels/reserved_labels";
import { findTemplateUser } from "../machine";
import type { Holder } from "./holders";
import type { RevocableKey } from "./revocable_key";
import type { Obstacle } from "./table";

/** Timeout of one connection including its login, and of one command on the host, in milliseconds. */
const TIMEOUT_MS = 10_000;

/** How to log in to a holder, or why that is impossible. */
export async function holderAccess(
  account: Account,
  holder: Holder,
  instance: Instance,
  { connection }: RevocableKey,
  credentials: readonly Credential[],
): Promise<HostAccess | Obstacle> {
  if (instance.state !== "running") {
    return { what: `is ${instance.state ?? "in an unknown state"}`, todo: "start it, or delete it" };
  }
  const host = instance["public-ip"];
  if (host === undefined) return { what: "has no public address", todo: "give it one, or delete it" };
  const user = connection?.user ?? (await holderUser(account, holder));
  if (user === undefined) {
    return { what: "its template is gone, so the user to log in as is not known", todo: "give connection.user" };
  }
  const rememberedHostKeys = pinOf(instance.labels);
  const isKnown = connection?.hostKey !== undefined || rememberedHostKeys.length > 0;
  return hostAccess({
    target: { host, port: connection?.port ?? account.sshPort, user },
    connection,
    credentials,
    rememberedHostKeys,
    acceptNew: !isKnown && connection?.acceptNewHostKeys === true,
    timeoutMs: TIMEOUT_MS,
  });
}

/** The user that got the keys from cloud-init: the default user of the template. */
export function holderUser(account: Account, { zone, templateId }: Holder): Promise<string | undefined> {
  return findTemplateUser(account, zone, templateId);
}
