import {
  BastionLoginRefusedError,
  HostKeyChangedError,
  KeyNotRemovedError,
  KeyUnprovenError,
  SshConnectionLostError,
  SshLoginRefusedError,
  SshTimeoutError,
  SshUnreachableError,
} from "../../errors";
import type { Context } from "../contract/resource";
import { describeGrant, grantAccess } from "./access";
import type { AuthorizedKeyState } from "./fields";
import { isGrantedAgain } from "./granted_in_run";
import { reasonBehind } from "./partial_creation";

/**
 * Removes every line with the key from the host, and proves with sshd that the key is refused. Its lines as a certificate
 * authority are those of another AuthorizedKey, and the other way round.
 */
export async function removeGrant(
  _id: string,
  last: AuthorizedKeyState,
  { account, run, log }: Context,
): Promise<void> {
  const again = isGrantedAgain({ account, run }, last);
  if (again !== undefined) {
    if (again === "elsewhere") log.warn(`${describeGrant(last)} was not removed: ${SAME_MACHINE}`);
    return;
  }
  const access = grantAccess(account, last.connection, last.hostKey);
  const change = {
    user: last.user,
    remove: [{ publicKeyOpenssh: last.publicKey }],
    removeOnly: account.ssh.roleOf(last.options ?? []),
    allowLockout: last.allowLockout === true,
    endSessions: last.terminateSessions === true,
  };
  try {
    const report = await account.ssh.changeKeys(access, change, (step) => log.info(`${describeGrant(last)}: ${step}.`));
    for (const note of report.notes) log.warn(`${describeGrant(last)}: ${note}`);
  } catch (error) {
    throw withRemedy(error, last);
  }
}

const SAME_MACHINE =
  "the address that this run added it to shows the same host key and already had the key, so both addresses are taken " +
  "for one machine. If they are two machines, remove it manually from the old one.";

/** Errors that also occur if the machine or the account no longer exists, or if another machine has its address. */
const errorsOfMissingHost = [
  SshUnreachableError,
  SshTimeoutError,
  SshConnectionLostError,
  SshLoginRefusedError,
  BastionLoginRefusedError,
  HostKeyChangedError,
  KeyUnprovenError,
];

/** Adds the remedy for a machine or an account that no longer exists: to remove the key from the state. */
function withRemedy(error: unknown, last: AuthorizedKeyState): unknown {
  const reason = reasonBehind(error);
  const mayBeGone = errorsOfMissingHost.some((kind) => reason instanceof kind);
  if (!mayBeGone || !(error instanceof Error)) return error;
  const urn = last.identity === undefined ? "<urn>" : `'${last.identity.urn}'`;
  return new KeyNotRemovedError(
    `${describeGrant(last)} is not proven to be removed, and may still open the account: ${error.message} If the machine or the account no longer exists, ` +
      `remove the key from the state: pulumi state delete ${urn}`,
    { cause: error },
  );
}
