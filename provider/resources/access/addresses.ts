import type { Account } from "../../account";
import { InvalidTargetError } from "../../errors";
import { known, type Previewed, type PreviewedFields } from "../contract/description";
import type { CheckFailure } from "../contract/resource";
import { endsOf, failureOf } from "./ends";

/** Where a connection, or its jump host, leads. */
interface Address {
  readonly host?: string | undefined;
  readonly user?: string | undefined;
}

interface Connection extends Address {
  readonly bastion?: Address | undefined;
}

/** Stands for what is not known, or not given. */
const anyTarget = { host: "host", port: 22, user: "user" } as const;

/** A failure for each impossible host and user of a connection, also while other parts of it are not known yet. */
export function impossibleAddresses(
  { ssh }: Pick<Account, "ssh">,
  given: Previewed<Connection | undefined>,
): CheckFailure[] {
  const ends = endsOf<PreviewedFields<Address>>(given);
  return ends.flatMap(([property, { host, user }]) => [
    ...failureOf(
      `${property}.host`,
      known(host),
      (text) => ssh.checkTarget({ ...anyTarget, host: text }),
      InvalidTargetError,
    ),
    ...impossibleUser({ ssh }, `${property}.user`, known(user)),
  ]);
}

/** A failure for a text that cannot be a user's name. */
export function impossibleUser(
  { ssh }: Pick<Account, "ssh">,
  property: string,
  user: string | undefined,
): CheckFailure[] {
  return failureOf(property, user, (text) => ssh.checkTarget({ ...anyTarget, user: text }), InvalidTargetError);
}
