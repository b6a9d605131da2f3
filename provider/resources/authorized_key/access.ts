import type { Account, HostAccess } from "../../account";
import { credentialsOf } from "../access/credentials";
import { hostAccess } from "../access/host_access";
import type { AuthorizedKeyInputs, AuthorizedKeyState } from "./fields";

type Connection = AuthorizedKeyInputs["connection"];

/**
 * How to log in to the host: as the connection says, with the credentials of this connection and of the earlier one.
 *
 * @param remembered the host key of the first contact; undefined before the first contact
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

/** The grant as messages name it: `SHA256:... on deploy@192.0.2.1`. */
export function describeGrant({ fingerprintSha256, user, connection }: GrantName): string {
  return `${fingerprintSha256} on ${user}@${connection.host}`;
}

type GrantName = Pick<AuthorizedKeyState, "fingerprintSha256" | "user" | "connection">;
