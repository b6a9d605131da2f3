import type { KeyLine } from "../authorized_keys/edit";
import { type LineRole, lineRoles } from "../authorized_keys/options";
import type { HostKey } from "../connection/host_key";
import type { KeyIdentity } from "./key_identity";

/** The keys that one account of a host is to have and not to have. Applying it twice changes nothing more. */
export interface KeyChange {
  /** The account. */
  readonly user: string;
  /** Keys that are to open the account. */
  readonly add?: readonly KeyLine[];
  /** Adds the keys only if one of the removed keys is there, as its replacement. Default false. */
  readonly onlyInPlaceOf?: boolean;
  /** Keys to remove. */
  readonly remove?: readonly KeyIdentity[];
  /**
   * Which lines of the removed keys go: those with which the key itself logs in, or those that make it a certificate
   * authority (`cert-authority`), of which sshd cannot be asked. Default: both.
   */
  readonly removeOnly?: LineRole;
  /** Accounts that lose the removed keys too, such as root, to which cloud-init adds them. Accounts that do not exist are skipped. Default: none. */
  readonly alsoFrom?: readonly string[];
  /** What to do if a key is there with other options: `report` it as an error (default), or `replace` them. */
  readonly whenPresent?: "report" | "replace";
  /** Allows the removal of the last key that can log in. Default false. */
  readonly allowLockout?: boolean;
  /** Names of keys for messages, by their SHA256 or MD5 fingerprints. Default: the SHA256 fingerprint. */
  readonly names?: ReadonlyMap<string, string>;
  /** What the host is called in messages, such as `instance "web"`. Default: its address. */
  readonly machine?: string;
  /** Called before the removal of the key that this connection logged in with. An error stops the change. Default: nothing. */
  readonly beforeOwnRemoval?: () => Promise<void>;
  /** Ends the account's other sessions after a key is removed. Default false. */
  readonly endSessions?: boolean;
}

/** What the lines let in that a change removes. */
export function removedRoles({ removeOnly }: KeyChange): readonly LineRole[] {
  return removeOnly === undefined ? lineRoles : [removeOnly];
}

/** What a change did, with proof. */
export interface KeyChangeReport {
  /** The host key that every connection showed. */
  readonly hostKey: HostKey;
  /** MD5 fingerprints of the keys that are proven closed, also of those that no file had. */
  readonly closed: readonly string[];
  /** MD5 fingerprints of those of `closed` that a file had. */
  readonly found: readonly string[];
  /** Removed lines, as `path:line`. */
  readonly removed: readonly string[];
  /** SHA256 fingerprints of the keys that were added or changed. Keys that were there already are not included. */
  readonly added: readonly string[];
  /** Whether the keys of `add` are there. False if `onlyInPlaceOf` found none of the removed keys. */
  readonly tookPlace: boolean;
  /** How many sessions were ended. */
  readonly endedSessions: number;
  /** Facts that people may want to know, as sentences. */
  readonly notes: readonly string[];
}
