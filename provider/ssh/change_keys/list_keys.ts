import { connect } from "../connection/connect";
import type { HostAccess } from "../connection/host_access";
import { commandBounds } from "../connection/host_access";
import type { HostKey } from "../connection/host_key";
import { withHostLock } from "../connection/host_lock";
import { inspectHost } from "../host_files/inspect_host";
import { entriesIn, readAccountFiles } from "./account_files";

/** The keys in the files of an account, and the host. */
export interface Listing {
  /** The key that the host showed. */
  readonly hostKey: HostKey;
  /** Keys in the account's files, each `type base64`, of the types that `keys/` supports. */
  readonly publicKeys: readonly string[];
}

/** Lists the keys in the authorized_keys files of an account. Changes nothing. @throws errors of `connect` */
export function listKeys(access: HostAccess, user: string): Promise<Listing> {
  return withHostLock(access, async () => {
    const session = await connect(access.target, access.credentials, access);
    try {
      const bounds = commandBounds(access);
      const facts = await inspectHost(session, [user], { ...bounds, withUsualFiles: true });
      const entries = entriesIn([await readAccountFiles(session, facts, user, bounds, facts.usualFiles?.get(user))]);
      return { hostKey: session.hostKey, publicKeys: entries.flatMap(({ publicKeyOpenssh = [] }) => publicKeyOpenssh) };
    } finally {
      session.close();
    }
  });
}
