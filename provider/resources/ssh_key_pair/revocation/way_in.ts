import type { Account, Credential, HostAccess, Instance } from "../../../account";
import { bastionOf, credentialsOf } from "../../connection/credentials";
import type { Context } from "../../contract/resource";
import { templateUser } from "../../instance/login";
import { pinOf } from "../../instance/reserved_labels";
import type { SshKeyPairState } from "../fields";
import type { Holder } from "../holders";
import { privateHalf } from "./private_half";

/** How to get into the holders of one key. */
export interface Keys {
  /** The key itself, which opens what it is to be taken off. */
  readonly own: Credential | undefined;
  /** The connection's, the successor's, the ssh-agent's. */
  readonly others: readonly Credential[];
}

/** What there is to log in with: the pair itself, its connection, and what has taken its place. */
export async function keysFor(
  last: SshKeyPairState,
  successor: SshKeyPairState | undefined,
  context: Pick<Context, "account" | "files">,
): Promise<Keys> {
  const next = successor && (await privateHalf(successor, context));
  const connections = credentialsOf(context.account, last.connection, successor?.connection);
  return { own: await privateHalf(last, context), others: [...(next ? [next] : []), ...connections] };
}

/** Why a holder cannot be asked or changed, and what to do. */
export interface NoWay {
  readonly what: string;
  readonly todo: string;
}

/** The way to a holder, or why there is none. */
export async function wayInto(
  account: Account,
  holder: Holder,
  instance: Instance,
  last: SshKeyPairState,
  credentials: readonly Credential[],
): Promise<HostAccess | NoWay> {
  const { connection } = last;
  if (instance.state !== "running") {
    return { what: `is ${instance.state ?? "in an unknown state"}`, todo: "start it, or delete it" };
  }
  const host = instance["public-ip"];
  if (host === undefined) return { what: "has no public address", todo: "give it one, or delete it" };
  const user = connection?.user ?? (await defaultUserOf(account, holder));
  if (user === undefined)
    return { what: "its template, which says as whom to log in, is gone", todo: "give connection.user" };
  const bastion = bastionOf(connection, user);
  const pinned = connection?.hostKey === undefined ? pinOf(instance.labels) : [connection.hostKey];
  return {
    target: { host, port: connection?.port ?? account.sshPort, user },
    credentials,
    knownHostKeys: pinned,
    acceptNew: pinned.length === 0 && connection?.acceptNewHostKeys === true,
    timeoutMs: 10_000,
    ...(bastion && { bastion }),
  };
}

/** The user to whom cloud-init gave the keys. */
export function defaultUserOf(account: Account, { zone, templateId }: Holder): Promise<string | undefined> {
  return templateUser(account, zone, templateId);
}
