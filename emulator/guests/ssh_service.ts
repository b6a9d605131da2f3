/** The SSH server of a guest, of any kind. */
import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import type { HostKeyPair } from "./host_keys";

/** The SSH server of one guest. */
export interface SshService {
  /** Called at each start of the guest. @throws when this machine cannot run it */
  start(): Promise<void>;
  /** Takes over a connection from which nothing has been read. */
  serve(socket: Socket): void;
  /** Follows the next connection from this address and port. @returns a function that says whether it has logged in */
  watchLogin(address: string, port: number): Promise<() => Promise<boolean>>;
  /** The host keys that it shows. */
  hostKeys(): Promise<readonly HostKeyPair[]>;
  /** Shows these host keys to the next connections. */
  showHostKeys(hostKeys: readonly HostKeyPair[]): Promise<void>;
  /** Starts a /bin/sh script as the guest's root. @throws when the guest does not run */
  runAsRoot(script: string): Promise<ChildProcess>;
  /** Ends every process of the guest. */
  end(): Promise<void>;
}
