/** What an instance's inside looks like to the rest of the emulator, whichever SSH server it runs. */
import type { Ended } from "./command_result";
import type { GuestFault, TakeBack } from "./guest_faults";

/** What is known of a guest when its instance is created. */
export interface GuestSpec {
  /** The instance's id, by which files that were kept are found again. */
  readonly id: string;
  /** The instance's name, which the guest calls its host name. */
  readonly hostname: string;
  /** The account that cloud-init gives the keys to. */
  readonly user: string;
  /** One-line public keys, as registered at this moment. They are written once and never again. */
  readonly publicKeys: readonly string[];
  /** Its user data, in base64, which cloud-init reads once. */
  readonly userData?: string | undefined;
  /** The loopback address of the instance. */
  readonly address: string;
  /** Whether the instance's security groups let a connection from this address in; asked for each connection. */
  admits(remoteAddress: string): boolean;
}

/** One guest: files from creation to destruction, and an SSH server while the instance runs. */
export interface Guest {
  readonly spec: GuestSpec;
  /** Where it listens while it runs: the instance's address, unless it is told otherwise. */
  address: string;
  /** The port of its SSH server. */
  readonly port: number;
  /** The directory, on the real file system, that has all files of the guest. */
  readonly root: string;
  /** The public halves of the host keys that it shows now: `ssh-ed25519 AAAA...`. */
  hostKeys(): Promise<readonly string[]>;
  /** The directory, on the real file system, that is this account's home. */
  home(user: string): string;
  /** Opens the SSH server. */
  start(): Promise<void>;
  /** Closes the SSH server, every connection, and every process of the guest. Files stay. */
  stop(): Promise<void>;
  /** Stops, and removes the files. */
  destroy(): Promise<void>;
  /** Runs a script of /bin/sh as the guest's root, without SSH. @throws when the guest is not up */
  asRoot(script: string, input: string): Promise<Ended>;
  /** From the next connection on something goes wrong. */
  fault(fault: GuestFault): Promise<TakeBack>;
  /** From the next connection on it has other host keys, of the same kinds. */
  replaceHostKeys(): Promise<void>;
}

/** A way of making guests. */
export interface GuestKind {
  /** Whether guests that are not destroyed are there again at the next start. */
  readonly keepsGuests: boolean;
  /** Makes the files of a guest, or finds those of an earlier run; it does not listen yet. */
  create(spec: GuestSpec): Promise<Guest>;
  /** Removes what the kind itself holds and does not keep, after every guest is ended. */
  close(): Promise<void>;
}
