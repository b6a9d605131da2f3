import type { Account, HostKey } from "../../account";
import { InvalidHostKeyError } from "../../errors";
import { known, type Previewed } from "../contract/description";
import type { CheckFailure } from "../contract/resource";

/** The host keys in a connection. */
interface HostKeys {
  readonly hostKey?: string | undefined;
  readonly bastion?: { readonly hostKey?: string | undefined } | undefined;
}

/** A failure for each unreadable host key of a connection. It does not repeat the text, which may be a private key. */
export function unreadableHostKeys(
  { ssh }: Pick<Account, "ssh">,
  given: Previewed<HostKeys | undefined>,
): CheckFailure[] {
  const connection = known(given);
  const failures = (property: string, hostKey: string | undefined): CheckFailure[] => {
    if (hostKey === undefined) return [];
    try {
      ssh.parseHostKeyPin(hostKey);
      return [];
    } catch (error) {
      if (error instanceof InvalidHostKeyError) return [{ property, reason: error.message }];
      throw error;
    }
  };
  return [
    ...failures("connection.hostKey", connection?.hostKey),
    ...failures("connection.bastion.hostKey", connection?.bastion?.hostKey),
  ];
}

/** A host key in the form that the state has: `type base64`. */
export function hostKeyText({ type, base64 }: HostKey): string {
  return `${type} ${base64}`;
}
