/** A real OpenSSH sshd: one process a connection, which gets the accepted socket and so knows the real peer. */
import type { Socket } from "node:net";
import type { LinuxSystem } from "./linux_system";
import type { SshService } from "./listening_guest";
import { SSHD_CONFIG } from "./system_files";

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
    const sshd = [this.program, "-i", "-f", SSHD_CONFIG, "-E", "/var/log/auth.log"];
    this.system.run(sshd, [socket, socket, "ignore"]);
    // Closes this process's copy only; sshd has its own.
    socket.destroy();
  }

  end(): Promise<void> {
    return this.system.end();
  }
}
