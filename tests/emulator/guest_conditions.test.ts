/** The conditions of tests/guest_conditions.ts have their effects, and `sshd -T` shows the real settings. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import {
  configureSshd,
  fillDisk,
  grantByCommand,
  keysInside,
  makeImmutable,
  makeNoise,
  makeReadOnly,
  putProgram,
  refuseSudo,
  setShell,
  trustAuthority,
  whyNotImmutable,
} from "../guest_conditions";
import { accepts } from "./asking";
import { describeGuests, describeSshd, type Kind } from "./guest_kinds";
import { start, startWeb, useKeyRing } from "./world";

const run = promisify(execFile);

const ring = useKeyRing();

/** An emulator with one instance that was created with the key "alice", and commands that run there. */
async function world(guests: Kind) {
  const web = await startWeb(ring, { guests, hostKeys: ["ed25519"] });
  const tried = (command: string, user = "debian") => ring.ssh({ ...web.target, user }, "alice", command);
  /** The output of `sshd -T` for a user, with keywords in lower case, because OpenSSH 10.4 writes them otherwise. */
  const settings = async (user = "debian") => {
    const { stdout } = await tried(`sudo -n sshd -T -C user=${user},host=h,addr=192.0.2.1`);
    return stdout.split("\n").map((line) => line.replace(/^\w+/, (keyword) => keyword.toLowerCase()));
  };
  return { ...web, tried, settings };
}

describeGuests((guests) => {
  test("runs a script as root from outside, with input, and returns its result", async () => {
    const { guest } = await world(guests);
    const done = await guest.asRoot("id -un; cat; echo no >&2; exit 3", "in\n");
    expect(done).toEqual({ code: 3, stdout: "root\nin\n", stderr: "no\n" });
  });

  test("runs nothing while the instance is stopped", async () => {
    const { client, id, guest } = await world(guests);
    await client.settle("PUT", `/instance/${id}:stop`);
    await expect(guest.asRoot("true")).rejects.toThrow("The guest web does not run");
  });

  test("refuses sudo to the default user when told so", async () => {
    const { guest, tried } = await world(guests);
    expect((await tried("sudo -n id -un")).stdout).toBe("root\n");
    await refuseSudo(guest);
    expect(await tried("sudo -n id -un")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("a password is required"),
    });
  });

  test("runs a program of a test instead of this machine's", async () => {
    const { guest, settings } = await world(guests);
    await putProgram(guest, "sshd", "#!/bin/sh\necho AuthorizedKeysFile .ssh/keys\n");
    expect(await settings()).toEqual(["authorizedkeysfile .ssh/keys", ""]);
  });

  test("shows the files that it reads in sshd -T, and only to root", async () => {
    const { tried, settings } = await world(guests);
    expect(await settings()).toContain("authorizedkeysfile .ssh/authorized_keys .ssh/authorized_keys2");
    expect((await tried("PATH=$PATH:/usr/sbin sshd -T")).code).not.toBe(0);
  });

  test("reads the second file as well, as sshd -T says", async () => {
    const { target, tried, publicKey } = await world(guests);
    await tried("mv .ssh/authorized_keys .ssh/authorized_keys2");
    expect(await accepts(target, publicKey)).toBe(true);
  });

  test("limits attempts and allows root by key, as sshd -T says", async () => {
    const { guest, tried, settings, publicKey } = await world(guests);
    await guest.writeAuthorizedKeys(`${publicKey}\n`, "root");
    expect((await tried("id -un", "root")).stdout).toBe("root\n");
    expect(await settings()).toEqual(
      expect.arrayContaining(["maxauthtries 6", "permitrootlogin without-password", "passwordauthentication no"]),
    );
  });
});

describeSshd("a guest with a real sshd", () => {
  test("has a full disk, on which nothing more can be written", async () => {
    const { guest, tried, publicKey } = await world("sshd");
    await fillDisk(guest);
    const done = await tried("cd .ssh; cat authorized_keys authorized_keys >new; wc -c <new; rm new");
    expect(done.stderr).toContain("No space left on device");
    expect([done.stdout, await keysInside(guest)]).toEqual(["0\n", `${publicKey}\n`]);
  });

  test("has a disk that becomes full in the middle of a file", async () => {
    const { guest, tried } = await world("sshd");
    await fillDisk(guest, 8);
    const done = await tried("cd .ssh; head -c 20000 /dev/zero >new; wc -c <new");
    expect([done.stdout, (await tried("true")).code]).toEqual(["8192\n", 0]);
  });

  test("has a read-only disk, from which it still reads keys", async () => {
    const { guest, tried } = await world("sshd");
    await makeReadOnly(guest);
    expect((await tried("echo >>.ssh/authorized_keys || sudo -n touch .ssh/x; echo >elsewhere")).stderr).toMatch(
      /Read-only.*\n.*Read-only/,
    );
  });

  const testImmutable = whyNotImmutable === null ? test : test.skip;
  testImmutable(`has keys that not even its root can change ${whyNotImmutable ?? ""}`.trim(), async () => {
    const { guest, tried, publicKey } = await world("sshd");
    const undo = await makeImmutable(guest);
    const done = await tried("sudo -n rm -f .ssh/authorized_keys; sudo -n chattr -i .ssh/authorized_keys");
    await undo();
    expect(done.stderr).toMatch(/Operation not permitted\n.*Operation not permitted/);
    expect(await keysInside(guest)).toBe(`${publicKey}\n`);
  });

  test("reads the files that its settings name, by the user's name", async () => {
    const { guest, target, settings, publicKey } = await world("sshd");
    await configureSshd(guest, "AuthorizedKeysFile /etc/ssh/authorized_keys/%u .ssh/more\n");
    expect(await accepts(target, publicKey)).toBe(false);
    await guest.asRoot("mkdir /etc/ssh/authorized_keys; cat >/etc/ssh/authorized_keys/debian", `${publicKey}\n`);
    expect(await settings()).toContain("authorizedkeysfile /etc/ssh/authorized_keys/%u .ssh/more");
  });

  test("reads other files for one user only, and shows them for that user only", async () => {
    const { guest, settings } = await world("sshd");
    await configureSshd(guest, "Match User root\n  AuthorizedKeysFile /etc/ssh/roots_keys\n");
    expect(await settings("debian")).toContain("authorizedkeysfile .ssh/authorized_keys .ssh/authorized_keys2");
    expect(await settings("root")).toContain("authorizedkeysfile /etc/ssh/roots_keys");
  });

  test("accepts a key that a program lists and no file has", async () => {
    const { guest, target, publicKey } = await world("sshd");
    await guest.writeAuthorizedKeys("");
    expect(await accepts(target, publicKey)).toBe(false);
    await grantByCommand(guest, publicKey);
    expect(await accepts(target, publicKey)).toBe(true);
  });

  test("accepts a key that a trusted authority has signed and no file has", async () => {
    const { guest, tried } = await world("sshd");
    await trustAuthority(guest, await ring.generate("authority"));
    await guest.writeAuthorizedKeys("");
    expect((await tried("true")).code).toBe(255);
    await run("ssh-keygen", [
      "-q",
      "-s",
      ring.file("authority"),
      "-I",
      "alice",
      "-n",
      "debian",
      `${ring.file("alice")}.pub`,
    ]);
    expect((await tried("true")).code).toBe(0);
  });

  test("refuses root when its settings say so", async () => {
    const { guest, tried, publicKey } = await world("sshd");
    await guest.writeAuthorizedKeys(`${publicKey}\n`, "root");
    await configureSshd(guest, "PermitRootLogin no\n");
    expect((await tried("true", "root")).code).toBe(255);
  });

  test("accepts the key of a user without a shell, and runs nothing", async () => {
    const { guest, target, tried, publicKey } = await world("sshd");
    await setShell(guest, "/usr/sbin/nologin");
    expect(await accepts(target, publicKey)).toBe(true);
    expect(await tried("echo hello")).toMatchObject({ code: 1, stdout: "This account is currently not available.\n" });
  });

  test("prints other text before the output of every command", async () => {
    const { guest, tried } = await world("sshd");
    await makeNoise(guest, "Welcome!");
    expect(await tried("echo hello")).toMatchObject({ code: 0, stdout: "Welcome!\nhello\n" });
    expect((await tried("bash -ls <<'END'\necho hello\nEND")).stdout).toBe("Welcome!\nWelcome!\nhello\n");
  });

  test("starts with the settings of the emulator's options", async () => {
    const options = { guests: "sshd", sshdConfig: "AuthorizedKeysFile .ssh/keys" } as const;
    const { target, publicKey } = await startWeb(ring, options);
    expect(await accepts(target, publicKey)).toBe(false);
  });

  test("does not start with invalid sshd settings", async () => {
    await expect(start({ guests: "sshd", sshdConfig: "NoSuchOption yes" })).rejects.toThrow("NoSuchOption");
  });
});

test("refuses sshd settings for guests without a real sshd", async () => {
  await expect(start({ guests: "ssh2", sshdConfig: "PermitRootLogin no" })).rejects.toThrow('guests: "sshd"');
});
