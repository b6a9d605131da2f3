import { LastKeyError, SshLoginRefusedError, SshNoShellError } from "../../errors";
import { connectWithRetry } from "../connection/connect_with_retry";
import { commandBounds } from "../connection/host_access";
import { inspectHost } from "../host_files/inspect_host";
import type { Edit } from "./edits";
import type { HostSession } from "./host_session";

/**
 * Proves, where the line of the very key that logs in was changed, that we still get in and can run what a change takes:
 * its options may shut us out, or force another command. Also where it is another account's line: the file may be shared.
 *
 * @throws LastKeyError when we do not, unless the change permits it; errors of `connect` and of a command on the host when
 * that could not be found out
 */
export async function proveOwnLogin(visit: HostSession, edits: readonly Edit[]): Promise<void> {
  const { session, access, change } = visit;
  const own = change.add?.find(({ key }) => key.fingerprintSha256 === session.loggedInKey);
  if (!own?.options?.length || edits.length === 0 || change.allowLockout) return;
  try {
    await logInAgain(visit);
  } catch (error) {
    const does = doesNot(error);
    if (does === undefined) throw error;
    const { user, host } = access.target;
    throw new LastKeyError(
      `With ${own.options.join()} ${session.loggedInKey} would not ${does} ${user}@${host} any more. Log in with another ` +
        "key, or set allowLockout: true.",
    );
  }
}

async function logInAgain({ access }: HostSession): Promise<void> {
  const session = await connectWithRetry(access, access.credentials);
  try {
    await inspectHost(session, [], commandBounds(access));
  } finally {
    session.close();
  }
}

function doesNot(error: unknown): string | undefined {
  if (error instanceof SshLoginRefusedError) return "let us in to";
  return error instanceof SshNoShellError ? "run our commands on" : undefined;
}
