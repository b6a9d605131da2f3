import type { Account, HostAccess, HostKey } from "../../account";
import { credentialsOf } from "../access/credentials";
import { hostAccess } from "../access/host_access";
import type { AuthorizedKeyInputs, AuthorizedKeyState } from "./fields";

type Connection = AuthorizedKeyInputs["connection"];

/**
 * How to get to the host: as the connection says, with what it and the one before it log in with.
 *
 * @param remembered the host key of the first contact; undefined before that
 */
export function grantAccess(
  account: Account,
  connection: Connection,
  remembered: string | undefined,
  before?: Connection,
): HostAccess {
  const { host, user, port = account.sshPort } = connection;
  return hostAccess({
    target: { host, port, user },
    connection,
    credentials: credentialsOf(account, before ?? connection, connection),
    rememberedHostKeys: remembered === undefined ? [] : [remembered],
    acceptNew: connection.hostKey === undefined && remembered === undefined,
  });
}

/** A host key in the form that the state keeps: `type base64`. */
export function hostKeyText({ type, base64 }: HostKey): string {
  return `${type} ${base64}`;
}

/** The grant for people: `SHA256:... on deploy@192.0.2.1`. */
export function describeGrant({ fingerprintSha256, user, connection }: Named): string {
  return `${fingerprintSha256} on ${user}@${connection.host}`;
}

type Named = Pick<AuthorizedKeyState, "fingerprintSha256" | "user" | "connection">;
