/** Properties of guests with a real sshd only: really different users, and namespaces of their own. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { lstat, readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { GuestHand } from "../emulated";
import { killAll } from "../processes";
import { accepts, firstWords } from "./asking";
import { describeSshd } from "./guest_kinds";
import { type Client, startWeb, useKeyRing } from "./world";

const run = promisify(execFile);

describeSshd("a guest with a real sshd", () => {
  const ring = useKeyRing();
  let client: Client;
  let guest: GuestHand;
  let target: { id: string; ip: string; port: string };
  let publicKey: string;

  beforeEach(async () => {
    const { id, ip, port, ...web } = await startWeb(ring, { guests: "sshd", hostKeys: ["ed25519"] });
    target = { id, ip, port };
    ({ client, guest, publicKey } = web);
  });

  const said = async (command: string, user = "debian") =>
    (await ring.ssh({ ...target, user }, "alice", command)).stdout;

  function sshOptions(): string[] {
    const options = ["BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null"];
    return ["-F", "none", "-p", target.port, "-i", ring.file("alice"), ...options.flatMap((option) => ["-o", option])];
  }

  /** The real ids of this guest's processes. */
  async function processes(): Promise<number[]> {
    const { uid } = await lstat(join(guest.home(), "../.."));
    const { stdout } = await run("ps", ["-eo", "uid=,pid="]);
    const rows = stdout
      .trim()
      .split("\n")
      .map((row) => row.trim().split(/ +/));
    return rows.filter(([owner]) => Number(owner) >= uid && Number(owner) < uid + 2048).map(([, pid]) => Number(pid));
  }

  test("introduces itself as a version of OpenSSH", async () => {
    expect(await firstWords(target)).toMatch(/^SSH-2\.0-OpenSSH_\d/);
  });

  test("has root and the default user as different users, and neither is a user outside", async () => {
    expect(await said("touch mine; sudo -n touch theirs; id -u; sudo -n id -u; rm -f theirs; echo x >>theirs")).toBe(
      "1000\n0\n",
    );
    await said("sudo -n touch /root/theirs; echo x >/root/theirs; sudo -n chmod 700 /root");
    const owners = await Promise.all(
      [join(guest.home(), "mine"), join(guest.home("root"), "theirs")].map((path) => lstat(path)),
    );
    const [mine = 0, theirs = 0] = owners.map(({ uid }) => uid);
    expect(theirs).toBeGreaterThanOrEqual(1_879_048_192);
    expect(mine).toBe(theirs + 1000);
    expect(await readFile(join(guest.home("root"), "theirs"), "utf8")).toBe("");
  });

  test("lets root in with the key, and says to use the default account instead", async () => {
    const child = spawn("ssh", [...sshOptions(), `root@${target.ip}`, "id"]);
    const [words] = await once(child.stdout, "data");
    // The forced command of cloud-init would sleep for ten seconds.
    child.kill();
    expect(String(words)).toContain('Please login as the user "debian" rather than the user "root".\n');
  });

  test("runs the commands of root as root once its line has no forced command", async () => {
    await guest.writeAuthorizedKeys(`${publicKey}\n`, "root");
    expect(await said("id -un; hostname; getent passwd debian; echo ~", "root")).toBe(
      "root\nweb\ndebian:x:1000:1000::/home/debian:/bin/sh\n/root\n",
    );
  });

  test("shows the real settings of its sshd in sshd -T, as root", async () => {
    const settings = (await said("sudo -n sshd -T")).toLowerCase().split("\n");
    expect(settings).toEqual(
      expect.arrayContaining([
        "authorizedkeysfile .ssh/authorized_keys .ssh/authorized_keys2",
        "strictmodes yes",
        "permitrootlogin without-password",
        "maxauthtries 6",
        "passwordauthentication no",
      ]),
    );
  });

  test("reads authorized_keys2 as well, and no file of another user", async () => {
    await said("cd .ssh && mv authorized_keys authorized_keys2");
    expect(await accepts(target, publicKey)).toBe(true);
    await said("sudo -n chown root .ssh/authorized_keys2 && sudo -n chmod 600 .ssh/authorized_keys2");
    expect(await accepts(target, publicKey)).toBe(false);
  });

  test("gives a terminal to a client that asks for one", async () => {
    expect((await run("ssh", ["-tt", ...sshOptions(), `debian@${target.ip}`, "tty"])).stdout).toBe("/dev/pts/0\r\n");
  });

  test("supports edits as a cloud image does: links, renames, flushed files, awk and sed", async () => {
    const script =
      "set -e; cd .ssh; mkdir lock; ln -s authorized_keys link; sed 's/x/x/' link | awk 1 >new; sync new; mv new authorized_keys; rmdir lock; ls";
    expect(await said(script)).toBe("authorized_keys\nlink\n");
    expect(await accepts(target, publicKey)).toBe(true);
  });

  test("sees only the programs of this machine, and not its processes", async () => {
    const hidden = [homedir(), "/run", "/var", "/tmp", "/etc/ssh", "/srv", "/opt", "/mnt", ring.directory];
    const seen = await said(
      `sudo -n ls -A / ${hidden.join(" ")} 2>/dev/null | sort -u | tr '\\n' ' '; ls -d /proc/[0-9]* | wc -l`,
    );
    expect(seen).not.toMatch(/docker|systemd|known_hosts|\.cache|\.npm|alice\.pub/);
    expect(Number(seen.split(" ").at(-1))).toBeLessThan(10);
  });

  test("cannot write files of this machine, also not as root", async () => {
    const command =
      'for path in /usr/x /usr/bin/x /etc/alternatives/x /etc/ld.so.cache; do sudo -n sh -c "echo >>$path" 2>/dev/null || echo no; done';
    expect(await said(command)).toBe("no\nno\nno\nno\n");
  });

  test("ends every process that was started in it, also those in the background", async () => {
    await said("setsid sleep 1000 >/dev/null 2>&1 & sudo -n setsid sleep 1000 >/dev/null 2>&1 &");
    expect((await processes()).length).toBeGreaterThan(2);
    await client.settle("PUT", `/instance/${target.id}:stop`);
    expect(await processes()).toEqual([]);
    expect(await readdir(join(guest.home(), "../../mnt"))).toEqual([]);
  });

  test("refuses logins after its first process was killed, until it is stopped and started", async () => {
    killAll(await processes());
    expect((await ring.ssh(target, "alice", "true")).code).toBe(255);
    await client.settle("PUT", `/instance/${target.id}:stop`);
    await client.settle("PUT", `/instance/${target.id}:start`);
    expect(await said("hostname")).toBe("web\n");
  });

  test("logs each login in its own auth.log, without a secret", async () => {
    await said("true");
    const log = await readFile(join(guest.home(), "../../var/log/auth.log"), "utf8");
    expect(log).toMatch(/^Accepted publickey for debian from 127\.0\.0\.1 port \d+ ssh2: ED25519 SHA256:\S{43}\r?\n/);
  });
});
