/** A guest as the rest of the emulator sees it, with any SSH server. */
import type { Ended } from "./command_result";
import type { GuestFault, TakeBack } from "./guest_faults";

/** The values of a guest when its instance is created. */
export interface GuestSpec {
  /** The instance's id, which also names the guest's files. */
  readonly id: string;
  /** The instance's name, which is the guest's host name. */
  readonly hostname: string;
  /** The account that gets the keys from cloud-init. */
  readonly user: string;
  /** The public keys, one line each, as registered now. They are written once, at creation. */
  readonly publicKeys: readonly string[];
  /** The user data in base64, which cloud-init reads once. */
  readonly userData?: string | undefined;
  /** The loopback address of the instance. */
  readonly address: string;
  /** Whether the instance's security groups allow a connection from this address. Called for each connection. */
  admits(remoteAddress: string): boolean;
}

/** One guest: files from creation to destruction, and an SSH server while the instance runs. */
export interface Guest {
  readonly spec: GuestSpec;
  /** The address on which it listens: the instance's, unless a test has swapped it. */
  address: string;
  /** The port of its SSH server. */
  readonly port: number;
  /** The directory on the real file system that contains all files of the guest. */
  readonly root: string;
  /** The public host keys that it shows now: `ssh-ed25519 AAAA...`. */
  hostKeys(): Promise<readonly string[]>;
  /** An account's home directory on the real file system. */
  home(user: string): string;
  /** Opens the SSH server. */
  start(): Promise<void>;
  /** Closes the SSH server and every connection, and ends every process of the guest. Keeps its files. */
  stop(): Promise<void>;
  /** Stops the guest and removes its files. */
  destroy(): Promise<void>;
  /** Runs a /bin/sh script as the guest's root, without SSH. @throws when the guest does not run */
  asRoot(script: string, input: string): Promise<Ended>;
  /** Orders a fault for the next connections. @returns a function that ends the fault */
  fault(fault: GuestFault): Promise<TakeBack>;
  /** Generates new host keys of the same kinds, which the next connections see. */
  replaceHostKeys(): Promise<void>;
}

/** Creates guests. */
export interface GuestKind {
  /** Whether guests that are not destroyed exist again at the next start. */
  readonly keepsGuests: boolean;
  /** Creates the files of a guest, or takes those of an earlier run. The guest does not listen yet. */
  create(spec: GuestSpec): Promise<Guest>;
  /** Removes what is not kept. Called after every guest has been stopped or destroyed. */
  close(): Promise<void>;
}
