import type { Account, Credential, HostAccess, Instance } from "../../account";
import { hostAccess } from "../access/host_access";
import { pinOf } from "../labels/reserved_labels";
import { findTemplateUser } from "../machine";
import type { Holder } from "./holders";
import type { RevocableKey } from "./revocable_key";
import type { Obstacle } from "./table";

/** For one connection up to the end of its login, and for one command on the host, in milliseconds. */
const TIMEOUT_MS = 10_000;

/** How to get into a holder, or why that cannot be. */
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
    return { what: "its template, which says as whom to log in, is gone", todo: "give connection.user" };
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

/** The user to whom cloud-init gave the keys: the default user of the template. */
export function holderUser(account: Account, { zone, templateId }: Holder): Promise<string | undefined> {
  return findTemplateUser(account, zone, templateId);
}
