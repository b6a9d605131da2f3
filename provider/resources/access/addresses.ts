import type { Account } from "../../account";
import { InvalidTargetError } from "../../errors";
import { known, type Previewed, type PreviewedFields, UNKNOWN } from "../contract/description";
import type { CheckFailure } from "../contract/resource";

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
  if (given === UNKNOWN || given === undefined) return [];
  const failures = (property: string, address: PreviewedFields<Address>): CheckFailure[] => {
    const [host, user] = [known(address.host), known(address.user)];
    return [
      ...(host === undefined ? [] : failureOf(`${property}.host`, () => ssh.checkTarget({ ...anyTarget, host }))),
      ...(user === undefined ? [] : impossibleUser({ ssh }, `${property}.user`, user)),
    ];
  };
  const { bastion } = given;
  return [
    ...failures("connection", given),
    ...(bastion === UNKNOWN || bastion === undefined ? [] : failures("connection.bastion", bastion)),
  ];
}

/** A failure for a text that cannot be a user's name. */
export function impossibleUser({ ssh }: Pick<Account, "ssh">, property: string, user: string): CheckFailure[] {
  return failureOf(property, () => ssh.checkTarget({ ...anyTarget, user }));
}

function failureOf(property: string, check: () => void): CheckFailure[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof InvalidTargetError) return [{ property, reason: error.message }];
    throw error;
  }
}
