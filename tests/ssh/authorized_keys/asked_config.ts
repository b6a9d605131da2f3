/** How the real sshd of this machine reads the text of an sshd_config. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { makeRunDirectory } from "../openssh_server";

/** An account that sshd finds on this machine. */
export const user = userInfo().username;
const groups = execFileSync("id", ["-Gn", user], { encoding: "utf8" }).trim().split(" ");
export const [group = ""] = groups;
export const account = { user, groups };

/** Prepares what sshd needs, for the tests of a `describe`. @returns what prints its settings; undefined if it refuses the text */
export function useSshdConfig(): (text: string) => string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "sshd-config-"));
  const hostKey = join(folder, "host_key");
  beforeAll(() => {
    makeRunDirectory();
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", hostKey]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  return (text) => {
    const path = join(folder, "sshd_config");
    writeFileSync(path, `HostKey ${hostKey}\n${text}`);
    const client = `user=${user},host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport=22`;
    const { status, stdout } = spawnSync("/usr/sbin/sshd", ["-T", "-C", client, "-f", path], { encoding: "utf8" });
    return status === 0 ? stdout : undefined;
  };
}
