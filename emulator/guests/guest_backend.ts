/** The differences between kinds of guests: the owners of their files, the files, and the SSH server. */
import type { HostKeyKind, HostKeyPair } from "./host_keys";
import type { Place } from "./place";
import type { SshService } from "./ssh_service";

/** Creates the files and the SSH server of one kind of guests. */
export interface GuestBackend {
  /** Its name in the emulator's options, which is saved with each kept guest. */
  readonly name: "ssh2" | "sshd";
  /** The host keys that a guest gets by default. */
  readonly hostKeys: readonly HostKeyKind[];
  /** Unused user ids of the real machine, one block per guest. */
  readonly owners: Owners;
  /** Creates the files of a guest. Its keys are written now and never again. */
  createRootFs(place: Place, publicKeys: readonly string[], hostKeys: readonly HostKeyPair[]): Promise<void>;
  /** Gives the files of a kept guest to its owners again, for example after a copy from another machine. */
  restoreOwner(place: Place): Promise<void>;
  /** The SSH server that uses these files. */
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
