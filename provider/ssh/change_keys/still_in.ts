import { LastKeyError, SshLoginRefusedError } from "../../errors";
import { askAnew } from "./asking";
import type { Edit } from "./edits";
import { accessAs, type Visit } from "./visit";

/**
 * Proves, where the line of the very key that logs in was changed, that we still get in: its options may shut us out.
 *
 * @throws LastKeyError when we do not, unless the change permits it; errors of `connect` when that could not be found out
 */
export async function proveStillIn(visit: Visit, edits: readonly Edit[]): Promise<void> {
  const { session, access, change } = visit;
  const own = change.add?.find(({ key }) => key.fingerprintSha256 === session.loggedInKey);
  if (!own?.options?.length || edits.length === 0 || change.allowLockout) return;
  if (access.target.user !== change.user) return;
  const { error } = await askAnew(accessAs(visit, change.user), [], access.credentials);
  if (!error) return;
  if (!(error instanceof SshLoginRefusedError)) throw error;
  throw new LastKeyError(
    `With ${own.options.join()} ${session.loggedInKey} would not let us in to ${change.user}@${access.target.host} any more, ` +
      "so its line is as it was. Log in with another key, or set allowLockout: true.",
  );
}
