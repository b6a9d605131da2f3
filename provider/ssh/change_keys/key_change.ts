import type { KeyLine } from "../authorized_keys/edit";
import type { Bastion } from "../bastion";
import type { Credential } from "../credentials";
import type { HostKey } from "../host_key";
import type { SshTarget } from "../target";
import type { KeyIdentity } from "./key_identity";

/** How to get to a host and in. */
export interface HostAccess {
  /** Where it is, and as whom to log in. */
  readonly target: SshTarget;
  /** Tried in order, in one connection. */
  readonly credentials: readonly Credential[];
  /** Known host keys: `type base64`, bare base64 or `SHA256:...`. A host that shows another one is told nothing. */
  readonly knownHostKeys?: readonly string[];
  /** Whether to go on with a host of which no key is known. Default false. */
  readonly acceptNew?: boolean;
  /** A host to go through. Default: none. */
  readonly bastion?: Bastion;
  /** For one connection up to the end of its login, and for one command on the host, in milliseconds. Default 20 000. */
  readonly timeoutMs?: number;
  /** Aborting it rejects with its reason, once what has to be put back is put back. */
  readonly signal?: AbortSignal;
}

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

/** Told what is about to be done, in a few words; for people who wait. */
export type Progress = (step: string) => void;
