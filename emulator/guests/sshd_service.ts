/**
 * A real OpenSSH sshd: one process per connection. It gets the accepted socket, so it sees the address of the client.
 */
import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { join } from "node:path";
import { waitForExit } from "./command_result";
import { readGuestFile } from "./guest_files";
import { hostKeysIn, LOADED, SSH_DIRECTORY, writeHostKeys } from "./host_key_files";
import type { HostKeyPair } from "./host_keys";
import { type LinuxSystem, RELOAD } from "./linux_system";
import type { SshService } from "./ssh_service";
import { AUTH_LOG, SSHD_CONFIG } from "./system_files";

// sshd uses the first key of each kind, so a key in /etc/ssh that is not loaded yet is not shown.
const SERVE = `for key in ${LOADED}/*_key; do [ -f "$key" ] && set -- "$@" -h "$key"; done; exec "$@"`;

/** Serves the connections of one guest with processes in the guest. */
export class SshdService implements SshService {
  constructor(
    readonly program: string,
    readonly system: LinuxSystem,
  ) {}

  start(): Promise<void> {
    return this.system.boot();
  }

  serve(socket: Socket): void {
    // The guest behaves like a machine that has crashed, until it is stopped and started.
    if (!this.system.isUp) return void socket.destroy();
    const sshd = [this.program, "-i", "-f", SSHD_CONFIG, "-E", AUTH_LOG];
    this.system.run(["/bin/sh", "-c", SERVE, "sh", ...sshd], [socket, socket, "ignore"]);
    // Closes the copy of this process. sshd has its own.
    socket.destroy();
  }

  /** Reads the log, in which sshd names the port of each login. */
  async watchLogin(address: string, port: number): Promise<() => Promise<boolean>> {
    const { root } = this.system.place;
    const log = () => readGuestFile(root, join(root, AUTH_LOG)).catch(() => "");
    const before = (await log()).length;
    const accepted = new RegExp(`^Accepted .* from ${address} port ${port} `, "m");
    return async () => accepted.test((await log()).slice(before));
  }

  async hostKeys(): Promise<readonly HostKeyPair[]> {
    const loaded = this.system.isUp ? await hostKeysIn(this.system.place, LOADED) : [];
    return loaded.length > 0 ? loaded : hostKeysIn(this.system.place, SSH_DIRECTORY);
  }

  async showHostKeys(hostKeys: readonly HostKeyPair[]): Promise<void> {
    await writeHostKeys(this.system.place, hostKeys);
    if (this.system.isUp) await waitForExit(this.system.run([RELOAD, "reload", "ssh"], "pipe"), "");
  }

  async runAsRoot(script: string): Promise<ChildProcess> {
    return this.system.run(["/bin/sh", "-c", script], "pipe");
  }

  end(): Promise<void> {
    return this.system.end();
  }
}
