import type { Account } from "../../account";
import { InvalidHostKeyError } from "../../errors";
import { known, type Previewed } from "../contract/description";
import type { CheckFailure } from "../contract/resource";

/** What a connection says of host keys. */
interface HostKeys {
  readonly hostKey?: string | undefined;
  readonly bastion?: { readonly hostKey?: string | undefined } | undefined;
}

/** Host keys of a connection that cannot be read. They are not repeated: a private key may stand in the wrong place. */
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
