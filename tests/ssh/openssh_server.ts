import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { SshTarget } from "../../provider/ssh/connection/target";
import { unusedPort } from "./ssh2_server";

const SSHD = "/usr/sbin/sshd";

/** `describe`; without an sshd, a skipped group whose title says so. */
export function describeWithSshd(title: string, tests: () => void): void {
  if (existsSync(SSHD)) describe(title, tests);
  else describe.skip(`${title} (skipped: no ${SSHD} on this machine; install openssh-server)`, tests);
}

/** A real sshd on an unprivileged port, for the user that runs the tests. */
export interface OpensshServer {
  readonly target: SshTarget;
  /** `type base64` of a host key. */
  hostKey(type: "ed25519" | "rsa" | "ecdsa"): string;
  authorize(...lines: string[]): void;
  close(): Promise<void>;
}

export async function startSshd(extraConfig: readonly string[] = []): Promise<OpensshServer> {
  const folder = mkdtempSync(join(tmpdir(), "sshd-"));
  makeRunDirectory();
  const authorizedKeys = join(folder, "authorized_keys");
  writeFileSync(authorizedKeys, "");
  const hostKeys = ["ed25519", "rsa", "ecdsa"].map((type) => makeHostKey(folder, type));
  const config = [
    // The first value of a setting counts.
    ...extraConfig,
    "ListenAddress 127.0.0.1",
    ...hostKeys.map((file) => `HostKey ${file}`),
    `AuthorizedKeysFile ${authorizedKeys}`,
    "PidFile none",
    "StrictModes no",
    "UsePAM no",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "PermitRootLogin prohibit-password",
  ];
  writeFileSync(join(folder, "sshd_config"), `${config.join("\n")}\n`);
  const { sshd, port } = await startListening(join(folder, "sshd_config"));
  return {
    target: { host: "127.0.0.1", port, user: userInfo().username },
    hostKey: (type) =>
      readFileSync(join(folder, `host_${type}.pub`), "utf8")
        .split(" ")
        .slice(0, 2)
        .join(" ")
        .trim(),
    authorize: (...lines) => writeFileSync(authorizedKeys, lines.map((line) => `${line}\n`).join("")),
    close: async () => {
      sshd.kill();
      await once(sshd, "exit");
      rmSync(folder, { recursive: true });
    },
  };
}

/** Creates the directory that sshd needs if root starts it. Otherwise only the system's own service creates it. */
export function makeRunDirectory(): void {
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true });
}

/** Starts an sshd, and waits until it listens. If somebody else takes the unused port meanwhile, it tries another one. */
async function startListening(config: string): Promise<{ sshd: ChildProcess; port: number }> {
  for (let tries = 1; ; tries += 1) {
    const port = await unusedPort();
    const args = ["-D", "-e", "-f", config, "-p", String(port)];
    const sshd = spawn(SSHD, args, { stdio: ["ignore", "ignore", "pipe"] });
    const log = await waitUntilListening(sshd);
    if (log === undefined) return { sshd, port };
    if (tries === 10 || !log.includes("Address already in use")) throw new Error(`sshd did not start: ${log}`);
  }
}

/** Waits until an sshd listens. @returns its log if it has ended instead */
function waitUntilListening(sshd: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    let log = "";
    sshd.stderr?.on("data", (chunk) => {
      log += chunk;
      if (log.includes("Server listening on")) resolve(undefined);
    });
    sshd.once("close", () => resolve(log));
  });
}

function makeHostKey(folder: string, type: string): string {
  const file = join(folder, `host_${type}`);
  execFileSync("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", "", "-f", file]);
  return file;
}
