/** A real OpenSSH sshd: one process a connection, which gets the accepted socket and so knows the real peer. */
import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { join } from "node:path";
import type { HostKeyPair } from "./host_keys";
import type { LinuxSystem } from "./linux_system";
import type { SshService } from "./listening_guest";
import { readInside } from "./outside";
import { AUTH_LOG, SSHD_CONFIG, writeHostKeys } from "./system_files";

/** Serves the connections of one guest inside the guest. */
export class SshdService implements SshService {
  constructor(
    readonly program: string,
    readonly system: LinuxSystem,
  ) {}

  start(): Promise<void> {
    return this.system.boot();
  }

  serve(socket: Socket): void {
    // As a machine that has crashed; it comes back when it is stopped and started.
    if (!this.system.isUp) return void socket.destroy();
    const sshd = [this.program, "-i", "-f", SSHD_CONFIG, "-E", AUTH_LOG];
    this.system.run(sshd, [socket, socket, "ignore"]);
    // Closes this process's copy only; sshd has its own.
    socket.destroy();
  }

  /** Asks the log, where sshd names the port of whoever has logged in. */
  async logins(address: string, port: number): Promise<() => Promise<boolean>> {
    const { root } = this.system.place;
    const log = () => readInside(root, join(root, AUTH_LOG)).catch(() => "");
    const before = (await log()).length;
    const accepted = new RegExp(`^Accepted .* from ${address} port ${port} `, "m");
    return async () => accepted.test((await log()).slice(before));
  }

  showHostKeys(hostKeys: readonly HostKeyPair[]): Promise<void> {
    return writeHostKeys(this.system.place, hostKeys);
  }

  async runAsRoot(script: string): Promise<ChildProcess> {
    return this.system.run(["/bin/sh", "-c", script], "pipe");
  }

  end(): Promise<void> {
    return this.system.end();
  }
}
