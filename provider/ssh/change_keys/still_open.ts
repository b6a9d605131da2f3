import { KeyStillOpenError } from "../../errors";
import type { PublicKey } from "../../keys/public_key";
import type { AccountFiles } from "./account_files";
import type { HostSession } from "./host_session";

/** The error for keys that an account still accepts, with all that may be the reason. */
export function stillOpenError(
  visit: HostSession,
  account: AccountFiles,
  open: readonly PublicKey[],
): KeyStillOpenError {
  const reasons = account.otherSources.map((source) => `sshd also asks ${source}`);
  const why = reasons.length > 0 ? reasons.join("; ") : "no file that sshd names has it, so something else grants it";
  const { host } = visit.access.target;
  return new KeyStillOpenError(
    `${account.user}@${host} still accepts ${open.map(({ fingerprintSha256 }) => fingerprintSha256).join(", ")}: ${why}. ` +
      "Take it away there as well.",
  );
}
