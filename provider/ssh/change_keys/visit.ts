import type { HostLook } from "../host_files/look";
import type { SshSession } from "../session";
import type { AccountFiles } from "./account_files";
import type { HostAccess, KeyChange, Progress } from "./key_change";

/** One change of one host's keys, while the connection is open. */
export interface Visit {
  readonly session: SshSession;
  readonly look: HostLook;
  /** How to connect again: to the host key that was shown, and to no other. */
  readonly access: HostAccess;
  readonly change: KeyChange;
  /** The files of the accounts of the change, as they were when the visit began. */
  readonly accounts: readonly AccountFiles[];
  readonly progress: Progress;
}
