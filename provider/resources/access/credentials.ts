import type { Account, Bastion, Credential } from "../../account";
import type { Run } from "../contract/run";
import { omitUndefined } from "../contract/state";
import { heldKeyLabel } from "../labels/key_labels";
import type { Labels } from "../labels/reserved_labels";
import type { Credentials } from "./fields";

/**
 * What the connections say to log in with, in their order, each once: private keys first, then agents. The environment's
 * agent is one where a connection, or the lack of one, names no private key.
 */
export function credentialsOf(
  account: Pick<Account, "agentSocket">,
  ...given: readonly (Credentials | undefined)[]
): Credential[] {
  const declared = given.filter((connection) => connection !== undefined);
  const connections = declared.length > 0 ? declared : [undefined];
  const keys = connections.flatMap((connection) => privateKeyOf(connection) ?? []);
  const agents = connections.flatMap((connection) => {
    const usual = connection?.privateKey === undefined ? account.agentSocket : undefined;
    const agentSocket = connection?.agentSocketPath ?? usual;
    return agentSocket === undefined ? [] : [{ agentSocket }];
  });
  return distinct([...keys, ...agents]);
}

/** Each once, in their order: a host counts how often it is tried. */
export function distinct(credentials: readonly Credential[]): Credential[] {
  return [...new Map(credentials.map((credential) => [JSON.stringify(credential), credential])).values()];
}

/**
 * Private halves of the pairs that this run has met, of those keys that labels say a machine was given. After a run that
 * ended half-way one of them may be all that opens it.
 */
export function privateHalvesFor({ privateHalves }: Run, labels: Labels = {}): Credential[] {
  return [...privateHalves].flatMap(([sha256, credential]) => (heldKeyLabel(sha256) in labels ? [credential] : []));
}

function privateKeyOf(connection: Credentials | undefined): Credential | undefined {
  if (connection?.privateKey === undefined) return undefined;
  const { privateKey, passphrase } = connection;
  return omitUndefined({ privateKey, passphrase });
}

/** The jump host of a connection, if it names one: on port 22 and as the user of the host behind, unless it says otherwise. */
export function bastionOf(connection: Pick<Credentials, "bastion"> | undefined, user: string): Bastion | undefined {
  const { bastion } = connection ?? {};
  return bastion && omitUndefined({ ...bastion, port: bastion.port ?? 22, user: bastion.user ?? user });
}
