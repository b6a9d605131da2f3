import type { Account, HostKey } from "../../account";
import { InvalidHostKeyError, InvalidPublicKeyError } from "../../errors";
import { known, type Previewed, type PreviewedFields } from "../contract/description";
import type { CheckFailure } from "../contract/resource";
import { endsOf, failureOf } from "./ends";

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
  const errors = [InvalidHostKeyError, InvalidPublicKeyError];
  const ends = endsOf<PreviewedFields<PublicKeys>>(given);
  return ends.flatMap(([property, { hostKey, agentIdentity }]) => [
    ...failureOf(`${property}.hostKey`, known(hostKey), ssh.parseHostKeyPin, ...errors),
    ...failureOf(`${property}.agentIdentity`, known(agentIdentity), ssh.parseAgentIdentity, ...errors),
  ]);
}

/** A host key in the form that the state has: `type base64`. */
export function hostKeyText({ type, base64 }: HostKey): string {
  return `${type} ${base64}`;
}
