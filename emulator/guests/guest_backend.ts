/** What differs between kinds of guests: who owns their files, what files those are, and which server reads them. */
import type { HostKeyKind, HostKeyPair } from "./host_keys";
import type { Place } from "./place";
import type { SshService } from "./ssh_service";

/** One way of making the inside of a guest. */
export interface GuestBackend {
  /** Its name among the emulator's options, by which guests that were kept are told apart. */
  readonly name: "ssh2" | "sshd";
  /** The host keys that a guest gets when nothing else is asked for. */
  readonly hostKeys: readonly HostKeyKind[];
  /** Ids of the real machine that nobody has, one block a guest. */
  readonly owners: Owners;
  /** Makes the files of a guest. Its keys are written now and never again. */
  createRootFs(place: Place, publicKeys: readonly string[], hostKeys: readonly HostKeyPair[]): Promise<void>;
  /** Makes the guest's owners the owners of its files, if they are not; these may come from another machine. */
  restoreOwner(place: Place): Promise<void>;
  /** The server that runs on these files. */
  service(place: Place, hostKeys: readonly HostKeyPair[]): Promise<SshService>;
}

/** Blocks of user ids. */
export interface Owners {
  /** The first id of the first block. */
  readonly first: number;
  /** How many ids a guest has. */
  readonly each: number;
  readonly blocks: number;
}
