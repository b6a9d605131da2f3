import type { Account, Bastion, Credential } from "../../account";
import type { Run } from "../contract/run";
import { omitUndefined } from "../contract/state";
import { heldKeyLabel } from "../labels/key_labels";
import type { Labels } from "../labels/reserved_labels";
import type { Credentials } from "./fields";

/**
 * The credentials of the connections, in their order, each once: private keys first, then agents. The agent of the
 * environment is used for a connection that has neither a private key nor an agent or chooses an agent's key, and if
 * there is no connection.
 */
export function credentialsOf(
  account: Pick<Account, "agentSocket">,
  ...given: readonly (Credentials | undefined)[]
): Credential[] {
  const declared = given.filter((connection) => connection !== undefined);
  const connections = declared.length > 0 ? declared : [undefined];
  const keys = connections.flatMap((connection) => privateKeyOf(connection) ?? []);
  const agents = connections.flatMap((connection) => {
    const { privateKey, agentIdentity } = connection ?? {};
    const usesAgent = privateKey === undefined || agentIdentity !== undefined;
    const agentSocket = connection?.agentSocketPath ?? (usesAgent ? account.agentSocket : undefined);
    return agentSocket === undefined ? [] : [omitUndefined<Credential>({ agentSocket, agentIdentity })];
  });
  return distinct([...keys, ...agents]);
}

/** Each credential once, in their order: a host limits the number of attempts. */
export function distinct(credentials: readonly Credential[]): Credential[] {
  return [...new Map(credentials.map((credential) => [JSON.stringify(credential), credential])).values()];
}

/**
 * Private halves of the pairs of this run whose keys a machine was given according to its labels. After a run that was
 * cut short, one of them may be the only key that opens it.
 */
export function privateHalvesFor({ privateHalves }: Run, labels: Labels = {}): Credential[] {
  return [...privateHalves].flatMap(([sha256, credential]) => (heldKeyLabel(sha256) in labels ? [credential] : []));
}

function privateKeyOf(connection: Credentials | undefined): Credential | undefined {
  if (connection?.privateKey === undefined) return undefined;
  const { privateKey, passphrase } = connection;
  return omitUndefined({ privateKey, passphrase });
}

/** The jump host of a connection, if it has one. Default port 22; default user the one of the host behind it. */
export function bastionOf(connection: Pick<Credentials, "bastion"> | undefined, user: string): Bastion | undefined {
  const { bastion } = connection ?? {};
  return bastion && omitUndefined({ ...bastion, port: bastion.port ?? 22, user: bastion.user ?? user });
}
