/** The files in /etc and /var of a guest with a real sshd, as in a cloud image. */
import { appendFile, chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { filesOf, hostKeyFile } from "./host_key_files";
import type { HostKeyPair } from "./host_keys";
import { idOf, type Place } from "./place";

/** The guest's sshd configuration. */
export const SSHD_CONFIG = "/etc/ssh/sshd_config";

/** The directory whose `*.conf` files come first in the configuration, as on Debian. */
export const SSHD_SETTINGS = "/etc/ssh/sshd_config.d";

/** The log in which its sshd records logins. */
export const AUTH_LOG = "/var/log/auth.log";

// Everything else has sshd's default. PAM would use the rules of this machine.
const SETTINGS = `Include ${SSHD_SETTINGS}/*.conf
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
AcceptEnv LANG LC_*
Subsystem sftp internal-sftp
`;

/**
 * Writes these files. The homes and accounts exist already.
 *
 * @param sshdConfig settings of sshd that come first; may be empty
 */
export async function writeSystemFiles(
  { root, hostname, user }: Place,
  hostKeys: readonly HostKeyPair[],
  sshdConfig: string,
): Promise<void> {
  await Promise.all(
    [SSHD_SETTINGS, "var/lib", "var/log", "var/tmp", "mnt"].map((path) => mkdir(join(root, path), { recursive: true })),
  );
  await Promise.all(["tmp", "var/tmp"].map((path) => chmod(join(root, path), 0o1777)));
  const settings = SETTINGS + hostKeys.map((key) => `HostKey ${hostKeyFile(key.kind)}\n`).join("");
  const texts: [path: string, text: string, mode?: number][] = [
    [SSHD_CONFIG, settings],
    [`${SSHD_SETTINGS}/emulator.conf`, `${sshdConfig}\n`],
    ["/etc/hostname", `${hostname}\n`],
    ["/etc/hosts", `127.0.0.1 localhost\n127.0.1.1 ${hostname}\n`],
    ["/etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files\n"],
    // Neither account has a password, and neither is locked: sshd refuses locked accounts.
    ["/etc/shadow", `root:*:20000:0:99999:7:::\n${user === "root" ? "" : `${user}:*:20000:0:99999:7:::\n`}`, 0o640],
    ...hostKeys.flatMap((key) => filesOf(key, hostname)),
  ];
  await Promise.all(texts.map(([path, text, mode = 0o644]) => writeFile(join(root, path), text, { mode })));
  // The account of sshd before a login, and the group of terminals.
  const services =
    "sshd:x:105:105::/run/sshd:/usr/sbin/nologin\nnobody:x:65534:65534::/nonexistent:/usr/sbin/nologin\n";
  await appendFile(join(root, "etc/passwd"), services);
  await appendFile(join(root, "etc/group"), "tty:x:5:\nsshd:x:105:\nnogroup:x:65534:\n");
}

/** The group whose members may become root: that of the template's account. */
export const groupOfSudoers = ({ user }: Place): number => idOf(user);
