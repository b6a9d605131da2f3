/**
 * Conditions of a host, which a guest's root creates without SSH.
 *
 * A condition with "a real sshd" needs guests of that kind. The default guests have no file systems of their own that
 * could be full or read-only, they always run /bin/sh, and their server has fixed settings.
 */
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { GuestHand } from "./emulated";

const run = promisify(execFile);

/** Runs a script as the guest's root. @throws when it fails */
export async function runAsRoot(guest: GuestHand, script: string, input?: string): Promise<string> {
  const { code, stdout, stderr } = await guest.asRoot(`set -e\n${script}`, input);
  if (code !== 0) throw new Error(`In the guest: ${stderr}`);
  return stdout;
}

/** The default user's authorized_keys as the guest sees it, with its mounts. */
export function keysInside(guest: GuestHand): Promise<string> {
  return runAsRoot(guest, `cat /home/${guest.user}/.ssh/authorized_keys`);
}

/** Adds a program, a text that begins with `#!`, which is found before others of its name. Any guest. */
export async function putProgram(guest: GuestHand, name: string, text: string): Promise<void> {
  await writeFile(join(guest.root, "bin", name), text, { mode: 0o755 });
}

/** `sudo` asks for a password. Any guest. */
export function refuseSudo(guest: GuestHand): Promise<void> {
  return putProgram(guest, "sudo", "#!/bin/sh\necho 'sudo: a password is required' >&2\nexit 1\n");
}

/** The default user's `.ssh` is on a disk with this many KiB left, a multiple of 4. A real sshd. */
export async function fillDisk(guest: GuestHand, freeKib = 0): Promise<void> {
  const script = `cd /home/${guest.user}
cp -pR .ssh /tmp/ssh.before
mount -t tmpfs -o size=${freeKib + 64}k,mode=700 tmpfs .ssh
cp -pR /tmp/ssh.before/. .ssh
chown ${guest.user}:${guest.user} .ssh
rm -r /tmp/ssh.before
cat /dev/zero 2>/dev/null >.ssh/filler || true`;
  const leave = freeKib > 0 ? `\ntruncate -s -${freeKib}K .ssh/filler` : "";
  await runAsRoot(guest, script + leave);
}

/** The default user's `.ssh` is mounted read-only. A real sshd. */
export async function makeReadOnly(guest: GuestHand): Promise<void> {
  const place = `/home/${guest.user}/.ssh`;
  await runAsRoot(guest, `mount --bind ${place} ${place}\nmount -o remount,bind,ro ${place}`);
}

/** Why no file can be immutable here; null when one can. It takes a capability and a file system with flags. */
export const whyNotImmutable = tryImmutable();

function tryImmutable(): string | null {
  const directory = mkdtempSync(join(tmpdir(), "immutable-"));
  try {
    execFileSync("chattr", ["+i", directory], { stdio: "pipe" });
    execFileSync("chattr", ["-i", directory]);
    return null;
  } catch (error) {
    return `(skipped: ${error instanceof Error ? error.message.split("\n").at(-1) : error})`;
  } finally {
    rmdirSync(directory);
  }
}

/** Not even root can change the default user's authorized_keys. Needs real root. @returns a function that undoes it */
export async function makeImmutable(guest: GuestHand): Promise<() => Promise<void>> {
  const file = join(guest.home(), ".ssh/authorized_keys");
  await run("chattr", ["+i", file]);
  return async () => void (await run("chattr", ["-i", file]));
}

/** Settings that come first in sshd's configuration, for the next connections. A real sshd. */
export async function configureSshd(guest: GuestHand, settings: string): Promise<void> {
  await runAsRoot(guest, "cat >/etc/ssh/sshd_config.d/0.conf", settings);
}

/** sshd also asks a program for keys, which answers with this one. A real sshd. */
export async function grantByCommand(guest: GuestHand, publicKey: string): Promise<void> {
  // Not below /usr, which does not belong to the guest's root: sshd would refuse to run it.
  const program = "/etc/ssh/keys_of";
  await runAsRoot(guest, `cat >${program}\nchmod 755 ${program}`, `#!/bin/sh\necho '${publicKey}'\n`);
  await configureSshd(guest, `AuthorizedKeysCommand ${program} %u\nAuthorizedKeysCommandUser nobody\n`);
}

/** sshd accepts keys that this authority has signed. A real sshd. */
export async function trustAuthority(guest: GuestHand, publicKey: string): Promise<void> {
  await runAsRoot(guest, "cat >/etc/ssh/authorities.pub", `${publicKey}\n`);
  await configureSshd(guest, "TrustedUserCAKeys /etc/ssh/authorities.pub\n");
}

/** The default user's login shell, which runs every command. A real sshd. */
export async function setShell(guest: GuestHand, shell: string): Promise<void> {
  // In place, because the file is a mount: a new file of that name would not replace it.
  const script = `sed "s|^\\(${guest.user}:.*:\\)[^:]*$|\\1${shell}|" /etc/passwd >/tmp/passwd`;
  await runAsRoot(guest, `${script}\ncat /tmp/passwd >/etc/passwd\nrm /tmp/passwd`);
}

/** Every command of the default user prints other text first, on both outputs, as with a bad .bashrc. A real sshd. */
export async function makeNoise(guest: GuestHand, text: string): Promise<void> {
  await setShell(guest, "/bin/bash");
  const home = `/home/${guest.user}`;
  await runAsRoot(
    guest,
    `cat >${home}/.bashrc\ncp ${home}/.bashrc ${home}/.profile`,
    `echo '${text}'\necho '${text}' >&2\n`,
  );
  await runAsRoot(guest, "cat >/etc/motd", `${text}\n`);
}

/** Another account, with an empty authorized_keys that only it can read. A real sshd. */
export async function addAccount(guest: GuestHand, user: string): Promise<void> {
  // In place, because the file is a mount. Only ids of the guest's own range exist in it.
  const script = `echo '${user}:x:1001:1001::/home/${user}:/bin/sh' >>/etc/passwd
mkdir -p /home/${user}/.ssh
: >/home/${user}/.ssh/authorized_keys
chown -R 1001:1001 /home/${user}
chmod 700 /home/${user}/.ssh`;
  await runAsRoot(guest, script);
}
