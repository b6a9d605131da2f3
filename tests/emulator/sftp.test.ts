/** Files of a guest over SFTP, with OpenSSH's own clients: scp, which has used it since version 9, and sftp. */
import { execFile } from "node:child_process";
import { readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describeGuests } from "./guest_kinds";
import { startWeb, useKeyRing } from "./world";

const ring = useKeyRing();
const run = promisify(execFile);

describeGuests((guests) => {
  /** A machine, and the output of programs that connect to it; `web:` stands for it. */
  async function world() {
    const web = await startWeb(ring, { guests });
    const options = ["BatchMode=yes", "IdentitiesOnly=yes", "IdentityAgent=none", "StrictHostKeyChecking=accept-new"]
      .concat(`UserKnownHostsFile=${ring.file("known_hosts")}`)
      .flatMap((option) => ["-o", option]);
    const connect = ["-F", "none", ...options, "-P", web.port, "-i", ring.file("alice")];
    const scp = (...paths: string[]) =>
      run("scp", [...connect, ...paths.map((path) => path.replace(/^web:/, `debian@${web.ip}:`))]);
    const sftp = async (...lines: string[]) => {
      await writeFile(ring.file("batch"), `${lines.join("\n")}\n`);
      return (await run("sftp", ["-q", ...connect, "-b", ring.file("batch"), `debian@${web.ip}`])).stdout;
    };
    return { ...web, scp, sftp };
  }

  test("copies a file there and back, and a command finds it", async () => {
    const { target, scp } = await world();
    const text = "x".repeat(300_000);
    await writeFile(ring.file("sent"), text, { mode: 0o640 });
    await scp("-p", ring.file("sent"), "web:inbox");
    const { stdout } = await ring.ssh(target, "alice", "stat -c '%a %s %U' inbox /home/debian/inbox");
    expect(stdout).toBe("640 300000 debian\n640 300000 debian\n");
    await scp("web:/home/debian/inbox", ring.file("back"));
    expect(await readFile(ring.file("back"), "utf8")).toBe(text);
  });

  test("makes, renames, links, lists and removes files and directories", async () => {
    const { sftp, guest } = await world();
    await writeFile(ring.file("note"), "hello");
    const made = await sftp(
      "mkdir box",
      `put ${ring.file("note")} box/a`,
      "rename box/a box/b",
      "ln -s b box/c",
      "ls -1 box",
    );
    expect(made).toMatch(/box\/b\nbox\/c\n$/);
    expect(await readFile(join(guest.home(), "box/c"), "utf8")).toBe("hello");
    await sftp("chmod 600 box/b", "rm box/c", "rm box/b", "rmdir box");
    await expect(sftp("ls box")).rejects.toThrow("not found");
  });

  test("does not replace a file by a rename, and says when there is none", async () => {
    const { sftp } = await world();
    await writeFile(ring.file("note"), "hello");
    await expect(sftp("rename nothing something")).rejects.toThrow();
    await expect(sftp(`get nothing ${ring.file("x")}`)).rejects.toThrow("not found");
  });
});

test("leads to no file outside the guest, by no path and by no link", async () => {
  const { guest, ip, port } = await startWeb(ring, { guests: "ssh2" });
  await writeFile(ring.file("secret"), "of the developer");
  await symlink(ring.directory, join(guest.home(), "up"));
  await symlink(`../../../../../..${ring.file("secret")}`, join(guest.home(), "far"));
  await symlink("/", join(guest.home(), "top"));
  const options = ["-o", "StrictHostKeyChecking=no", "-o", `UserKnownHostsFile=${ring.file("known_hosts")}`];
  const copy = (path: string) =>
    run("scp", [
      "-F",
      "none",
      "-q",
      ...options,
      "-P",
      port,
      "-i",
      ring.file("alice"),
      `debian@${ip}:${path}`,
      ring.file("got"),
    ]);
  const paths = [
    "up/secret",
    "far",
    `top${ring.file("secret")}`,
    ring.file("secret"),
    `../../..${ring.file("secret")}`,
  ];
  for (const path of paths) await expect(copy(path)).rejects.toThrow("No such file");
  await copy("top/home/debian/.ssh/authorized_keys");
});

test("runs the command of a key in the place of SFTP", async () => {
  const { guest, ip, port, publicKey } = await startWeb(ring, { guests: "ssh2" });
  await guest.writeAuthorizedKeys(`command="echo only $SSH_ORIGINAL_COMMAND >$HOME/asked" ${publicKey}\n`);
  const options = ["-o", "StrictHostKeyChecking=no", "-o", `UserKnownHostsFile=${ring.file("known_hosts")}`];
  const copied = run("scp", [
    "-F",
    "none",
    ...options,
    "-P",
    port,
    "-i",
    ring.file("alice"),
    `debian@${ip}:.ssh/authorized_keys`,
    ring.file("got"),
  ]);
  await expect(copied).rejects.toThrow();
  expect(await readFile(join(guest.home(), "asked"), "utf8")).toBe("only sftp\n");
});
