import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { SshTarget } from "../../provider/ssh/target";
import { unusedPort } from "./ssh2_server";

const SSHD = "/usr/sbin/sshd";

/** `describe`, or where there is no sshd a skipped one that says so in its title. */
export function describeWithSshd(title: string, tests: () => void): void {
  if (existsSync(SSHD)) describe(title, tests);
  else describe.skip(`${title} (skipped: no ${SSHD} on this machine; install openssh-server)`, tests);
}

/** A real sshd on an unprivileged port, for the user who runs the tests. */
export interface OpensshServer {
  readonly target: SshTarget;
  /** `type base64` of a host key. */
  hostKey(type: "ed25519" | "rsa" | "ecdsa"): string;
  authorize(...lines: string[]): void;
  close(): Promise<void>;
}

export async function startSshd(extraConfig: readonly string[] = []): Promise<OpensshServer> {
  const folder = mkdtempSync(join(tmpdir(), "sshd-"));
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true });
  const port = await unusedPort();
  const authorizedKeys = join(folder, "authorized_keys");
  writeFileSync(authorizedKeys, "");
  const hostKeys = ["ed25519", "rsa", "ecdsa"].map((type) => makeHostKey(folder, type));
  const config = [
    // The first value of a setting counts.
    ...extraConfig,
    `Port ${port}`,
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
  const sshd = spawn(SSHD, ["-D", "-e", "-f", join(folder, "sshd_config")], { stdio: ["ignore", "ignore", "pipe"] });
  await new Promise<void>((resolve, reject) => {
    let log = "";
    sshd.stderr.on("data", (chunk) => {
      log += chunk;
      if (log.includes("Server listening on")) resolve();
    });
    sshd.once("exit", () => reject(new Error(`sshd did not start: ${log}`)));
  });
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

function makeHostKey(folder: string, type: string): string {
  const file = join(folder, `host_${type}`);
  execFileSync("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", "", "-f", file]);
  return file;
}
