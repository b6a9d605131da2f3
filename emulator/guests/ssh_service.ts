/** The SSH server of a guest, whichever program it is. */
import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import type { HostKeyPair } from "./host_keys";

/** What answers on a guest's port. */
export interface SshService {
  /** Makes ready to serve, each time that the guest starts. @throws when that is impossible here */
  start(): Promise<void>;
  /** Takes a connection over, from which nothing has been read. */
  serve(socket: Socket): void;
  /** Tells, from now on, whether the next connection from this address and port has logged in. */
  logins(address: string, port: number): Promise<() => Promise<boolean>>;
  /** The host keys that it shows now. */
  hostKeys(): Promise<readonly HostKeyPair[]>;
  /** Shows these host keys from the next connection on. */
  showHostKeys(hostKeys: readonly HostKeyPair[]): Promise<void>;
  /** Starts a script of /bin/sh as the guest's root. @throws when the guest is not up */
  runAsRoot(script: string): Promise<ChildProcess>;
  /** Ends every process of the guest. */
  end(): Promise<void>;
}
