/** File systems that are full, read-only or of one file, and directories of root: on a guest with a real sshd. */

import type { SshSession } from "../../../provider/ssh/connection/session";
import { inspectHost } from "../../../provider/ssh/host_files/inspect_host";
import { readHostFiles } from "../../../provider/ssh/host_files/read";
import { replaceFileAtomically } from "../../../provider/ssh/host_files/replace_file";
import { describeSshd } from "../../emulator/guest_kinds";
import { closeAll } from "../../emulator/world";
import { closeSessions, type GuestHost, guestHost } from "./guest_host";

const FILE = "/home/debian/.ssh/authorized_keys";

describeSshd("On a guest with a real sshd,", () => {
  let host: GuestHost;
  let root: SshSession;
  let session: SshSession;
  beforeAll(async () => {
    host = await guestHost("sshd");
  });
  beforeEach(async () => {
    root = await host.session("root");
    session = await host.session();
  });
  afterEach(async () => {
    await runAsRoot(
      `umount -l ${FILE}; umount -l /home/debian/.ssh; rm -f /home/debian/.ssh/*; rm -rf /etc/ssh/keys; true`,
    );
    await host.guest.writeAuthorizedKeys(`${host.key.publicKey}\n`);
    closeSessions();
  });
  afterAll(closeAll);

  async function runAsRoot(script: string): Promise<string> {
    const { code, stdout, stderr } = await root.exec("/bin/sh", `exec 2>&1\n${script}\n`);
    return `${stdout}${stderr}${code === 0 ? "" : `(${code})`}`;
  }

  async function replace(expected: string | undefined, bytes: string, path = FILE, login = session, user = "debian") {
    const facts = await inspectHost(login, [user]);
    return replaceFileAtomically(
      login,
      facts,
      user,
      path,
      expected === undefined ? undefined : Buffer.from(expected),
      Buffer.from(bytes),
    );
  }

  /** Everything below a directory: modes, owners, checksums. */
  const all = (directory = "/home/debian/.ssh") =>
    runAsRoot(`cd ${directory} && ls -lnA && find . -type f -exec md5sum {} +`);

  test.each([
    ["a full disk", "size=16k", /: No space left on device$/],
    ["a disk without room for another file", "size=64k,nr_inodes=2", /: No space left on device$/],
  ])("%s leaves the file as it was", async (_, options, reason) => {
    const mount = `mount -t tmpfs -o uid=1000,gid=1000,mode=700,${options} tmpfs /home/debian/.ssh`;
    expect(
      await runAsRoot(`${mount} && cd /home/debian/.ssh && printf old >authorized_keys && chown 1000:1000 *`),
    ).toBe("");
    const before = await all();
    expect(await replace("old", "x".repeat(20_000))).toEqual({
      outcome: "failed",
      reason: expect.stringMatching(reason),
    });
    expect(await all()).toBe(before);
  });

  test("a read-only file system leaves the file as it was", async () => {
    const before = await all();
    const there = "/home/debian/.ssh";
    expect(await runAsRoot(`mount --bind ${there} ${there} && mount -o remount,bind,ro ${there}`)).toBe("");
    const outcome = await replace(`${host.key.publicKey}\n`, "new");
    expect(outcome).toEqual({ outcome: "failed", reason: expect.stringMatching(/: Read-only file system$/) });
    expect(await all()).toBe(before);
  });

  describe("a file that is a mount point", () => {
    beforeEach(async () => {
      const mount = `printf 'one\\ntwo\\n' >/root/single && chown 1000:1000 /root/single && mount --bind /root/single ${FILE}`;
      expect(await runAsRoot(mount)).toBe("");
    });

    test.each(["one\n", "", "xxx\nyyy\n"])(
      "is overwritten with bytes of at most the same length: %j",
      async (bytes) => {
        expect(await replace("one\ntwo\n", bytes)).toEqual({
          outcome: "written",
          bytes: Buffer.from(bytes),
          inPlace: true,
        });
        expect(await runAsRoot("cat /root/single; ls -A /home/debian/.ssh")).toBe(`${bytes}authorized_keys\n`);
      },
    );

    test("stays as it was if the new bytes are longer", async () => {
      const before = await all();
      expect(await replace("one\ntwo\n", "one\ntwo\nthree\n")).toEqual({
        outcome: "failed",
        reason: expect.stringMatching(/cannot replace .*, nor let it grow in place: Device or resource busy$/),
      });
      expect(await all()).toBe(before);
    });
  });

  describe("a file outside of the home", () => {
    const OUTSIDE = "/etc/ssh/keys/debian";
    beforeEach(() =>
      runAsRoot("mkdir -m 755 /etc/ssh/keys; printf old >/etc/ssh/keys/debian; chmod 644 /etc/ssh/keys/debian"),
    );

    test("is replaced by root, through sudo, and stays root's", async () => {
      expect(await replace("old", "new", OUTSIDE)).toMatchObject({ outcome: "written" });
      expect(await runAsRoot("ls -lnA /etc/ssh/keys")).toMatch(/^total \d+\n-rw-r--r-- 1 0 0 3 .* debian\n$/);
    });

    test("is created by root, and sshd can read it as the account", async () => {
      await runAsRoot(`rm ${OUTSIDE}`);
      expect(await replace(undefined, "new", OUTSIDE)).toMatchObject({ outcome: "written" });
      const facts = await inspectHost(session, ["debian"]);
      const [file] = await readHostFiles(session, facts, "debian", [OUTSIDE]);
      expect(file).toMatchObject({ owner: "root", mode: "0644", bytes: Buffer.from("new") });
    });

    test("is left alone in a directory that others can write", async () => {
      await runAsRoot("chmod 775 /etc/ssh/keys");
      const outcome = await replace("old", "new", OUTSIDE);
      expect(outcome).toEqual({
        outcome: "failed",
        reason: expect.stringMatching(/can be written by others than root$/),
      });
      expect(await runAsRoot(`cat ${OUTSIDE}; ls -A /etc/ssh/keys`)).toBe("olddebian\n");
    });
  });

  describe("in a directory outside of the home that belongs to the account", () => {
    const OUTSIDE = "/srv/keys/debian/authorized_keys";
    beforeEach(() =>
      runAsRoot(`mkdir -p /srv/keys/debian /srv/roots/debian; chown 1000:1000 /srv/keys/debian
        printf old >/srv/roots/authorized_keys; chmod -R go=rX,u=rwX /srv/keys /srv/roots`),
    );
    afterEach(() => runAsRoot("rm -rf /srv/keys /srv/roots"));

    test.each([
      ["the file is a link to root's", `ln -s /srv/roots/authorized_keys ${OUTSIDE}`, OUTSIDE],
      ["the file is a link to a link", "ln -s ../b a; ln -s /srv/roots/authorized_keys ../b", "/srv/keys/debian/a"],
      ["a directory is a link to root's", "ln -s /srv/roots linked", "/srv/keys/debian/linked/authorized_keys"],
      ["a name leads back up", "ln -s /srv/roots/debian up", "/srv/keys/debian/up/../authorized_keys"],
    ])("root does not follow the path if %s", async (_, prepare, path) => {
      await runAsRoot(`cd /srv/keys/debian; ${prepare}; chown -h 1000:1000 *`);
      const outcome = await replace("old", "new", path);
      expect(outcome).toEqual({
        outcome: "failed",
        reason: "/srv/keys/debian does not belong to root, so root does not edit a file below it",
      });
      expect(await runAsRoot("cat /srv/roots/*keys; ls -A /srv/roots")).toBe("oldauthorized_keys\ndebian\n");
    });
  });

  test("root follows links that only root could have made", async () => {
    await runAsRoot(
      "mkdir -m 755 -p /etc/ssh/keys /srv/roots; printf old >/srv/roots/debian; chmod 644 /srv/roots/*; ln -s ../../../srv/roots /etc/ssh/keys/all",
    );
    expect(await replace("old", "new", "/etc/ssh/keys/all/debian")).toMatchObject({ outcome: "written" });
    expect(await runAsRoot("cat /srv/roots/debian; rm -r /srv/roots")).toBe("new");
  });

  test("root does not edit a file if a link leads into another account's directory", async () => {
    await runAsRoot(
      "printf old >/home/debian/roots; mv /root/.ssh/authorized_keys /root/kept; ln -s /home/debian/roots /root/.ssh/authorized_keys",
    );
    const outcome = await replace("old", "new", ".ssh/authorized_keys", root, "root");
    expect(outcome).toEqual({ outcome: "failed", reason: expect.stringMatching(/does not belong to root/) });
    expect(
      await runAsRoot("cat /home/debian/roots; mv -f /root/kept /root/.ssh/authorized_keys; ls -A /home/debian"),
    ).toMatch(/^old/);
  });

  test("a link to a file of root reveals nothing of it", async () => {
    await runAsRoot(`ln -sf /etc/shadow ${FILE}`);
    const facts = await inspectHost(session, ["debian"]);
    const [file] = await readHostFiles(session, facts, "debian", [FILE]);
    expect(file).toMatchObject({ status: "unreadable", resolved: "/etc/shadow", reason: "Permission denied" });
    expect(file?.bytes).toEqual(Buffer.alloc(0));
  });
});
