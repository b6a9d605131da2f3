import type { KeyLine } from "../authorized_keys/edit";
import type { HostKey } from "../connection/host_key";
import type { KeyIdentity } from "./key_identity";

/** What is to be true of the keys of one account of a host. Saying it twice changes nothing. */
export interface KeyChange {
  /** The account. */
  readonly user: string;
  /** Keys that are to open it. */
  readonly add?: readonly KeyLine[];
  /** Whether keys are added only where one of the removed ones is found, in whose place they are. Default false. */
  readonly onlyInPlaceOf?: boolean;
  /** Keys that are to open nothing any more. */
  readonly remove?: readonly KeyIdentity[];
  /** Accounts that lose the removed keys as well, such as root, to whom cloud-init gives them too; those that do not exist are passed over. Default: none. */
  readonly alsoFrom?: readonly string[];
  /** What to do about a key that is there with other options: `report` it as an error (default), or `replace` them. */
  readonly whenPresent?: "report" | "replace";
  /** Permits to remove the last key that can log in. Default false. */
  readonly allowLockout?: boolean;
  /** Called before a key is removed that logged in itself. What it throws stops the change. Default: nothing. */
  readonly beforeOwnRemoval?: () => Promise<void>;
  /** Ends the account's other sessions once a key is removed. Default false. */
  readonly endSessions?: boolean;
}

/** What was done, and is proven. */
export interface KeyChangeReport {
  /** The key that the host showed, in each connection. */
  readonly hostKey: HostKey;
  /** MD5 fingerprints of the keys that are proven closed, whether they were there or not. */
  readonly closed: readonly string[];
  /** Lines that went, as `path:line`. */
  readonly removed: readonly string[];
  /** Keys, by SHA256 fingerprint, that were added or changed; those that were there already are not among them. */
  readonly added: readonly string[];
  /** Whether the keys of `add` are there; false where they would have taken the place of one that was not. */
  readonly tookPlace: boolean;
  /** Sessions that were ended. */
  readonly endedSessions: number;
  /** What a person may want to know, in sentences. */
  readonly notes: readonly string[];
}
