import type { Account, HostKey } from "../../account";
import { InvalidHostKeyError, InvalidPublicKeyError } from "../../errors";
import { known, type Previewed, type PreviewedFields, UNKNOWN } from "../contract/description";
import type { CheckFailure } from "../contract/resource";

/** The public keys in a connection, or in its jump host. */
interface PublicKeys {
  readonly hostKey?: string | undefined;
  readonly agentIdentity?: string | undefined;
}

interface Connection extends PublicKeys {
  readonly bastion?: PublicKeys | undefined;
}

/**
 * A failure for each unreadable host key and chosen key of a connection. It does not repeat the text, which may be a
 * private key.
 */
export function unreadablePublicKeys(
  { ssh }: Pick<Account, "ssh">,
  given: Previewed<Connection | undefined>,
): CheckFailure[] {
  if (given === UNKNOWN || given === undefined) return [];
  const failures = (property: string, { hostKey, agentIdentity }: PreviewedFields<PublicKeys>): CheckFailure[] => [
    ...failureOf(`${property}.hostKey`, known(hostKey), ssh.parseHostKeyPin),
    ...failureOf(`${property}.agentIdentity`, known(agentIdentity), ssh.parseAgentIdentity),
  ];
  const { bastion } = given;
  return [
    ...failures("connection", given),
    ...(bastion === UNKNOWN || bastion === undefined ? [] : failures("connection.bastion", bastion)),
  ];
}

function failureOf(property: string, text: string | undefined, read: (text: string) => unknown): CheckFailure[] {
  if (text === undefined) return [];
  try {
    read(text);
    return [];
  } catch (error) {
    const isOurs = error instanceof InvalidHostKeyError || error instanceof InvalidPublicKeyError;
    if (isOurs) return [{ property, reason: error.message }];
    throw error;
  }
}

/** A host key in the form that the state has: `type base64`. */
export function hostKeyText({ type, base64 }: HostKey): string {
  return `${type} ${base64}`;
}
