import { lstat, readdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { PlainConfinement } from "../../emulator/guests/confinement";
import { createRootFs } from "../../emulator/guests/place";
import { shims } from "../../emulator/guests/shims";
import { describeGuests, type Kind } from "./guest_kinds";
import { startWeb, useKeyRing } from "./world";

const ring = useKeyRing();

const world = (guests: Kind) => startWeb(ring, { guests });

/** The names and times in a directory. */
async function look(directory: string): Promise<unknown> {
  try {
    const names = (await readdir(directory)).sort();
    return await Promise.all(names.map(async (name) => [name, (await lstat(join(directory, name))).mtimeMs]));
  } catch {
    return "not there";
  }
}

const lookAtHomes = () => Promise.all([homedir(), "/root"].map((home) => look(join(home, ".ssh"))));

describeGuests((guests) => {
  test("commands that use ~, $HOME and a plain login do not change the real homes", async () => {
    const before = await lookAtHomes();
    const target = await world(guests);
    await ring.ssh(
      target,
      "alice",
      'mkdir -p ~/.ssh "$HOME/.ssh"; echo x >> ~/.ssh/authorized_keys; touch "$HOME/.ssh/touched"',
    );
    expect(await lookAtHomes()).toEqual(before);
    const home = (await target.emulator.cloud.guest(target.id)).home();
    expect(await readdir(join(home, ".ssh"))).toContain("touched");
  });

  test("commands see no variable of the emulator's environment", async () => {
    process.env["PULUMI_CONFIG_PASSPHRASE"] = "hunter2";
    const { stdout } = await ring.ssh(await world(guests), "alice", "env");
    delete process.env["PULUMI_CONFIG_PASSPHRASE"];
    expect(stdout).not.toMatch(/PULUMI|EXOSCALE|SSH_AUTH_SOCK|hunter2/);
  });

  test("commands never run as the real root, also after sudo", async () => {
    const target = await world(guests);
    const { stdout } = await ring.ssh(target, "alice", "touch ~/owned; sudo -n touch ~/by-sudo; id -u; sudo -n id -u");
    const home = (await target.emulator.cloud.guest(target.id)).home();
    const owners = await Promise.all(["owned", "by-sudo"].map(async (name) => (await lstat(join(home, name))).uid));
    expect(owners).not.toContain(process.getuid?.() === 0 ? 0 : -1);
    expect(stdout.split("\n")[0]).not.toBe("0");
  });

  test("an edit of keys from outside does not follow a link in the guest", async () => {
    const target = await world(guests);
    const guest = await target.emulator.cloud.guest(target.id);
    const victim = ring.file("precious");
    await writeFile(victim, "precious");
    await ring.ssh(target, "alice", `ln -s ${victim} ~/.ssh/authorized_keys.new`);
    await guest.writeAuthorizedKeys("# edited\n");
    expect([await readFile(victim, "utf8"), await guest.authorizedKeys()]).toEqual(["precious", "# edited\n"]);
  });

  test("keys behind a link are neither read nor written from outside", async () => {
    const target = await world(guests);
    const guest = await target.emulator.cloud.guest(target.id);
    await ring.ssh(target, "alice", `ln -sf ${ring.file("alice")} ~/.ssh/authorized_keys`);
    await expect(guest.authorizedKeys()).rejects.toThrow("authorized_keys is a link");
    await guest.writeAuthorizedKeys(await readFile(`${ring.file("alice")}.pub`, "latin1"));
    await ring.ssh(target, "alice", `mv ~/.ssh ~/away; ln -s ${ring.directory} ~/.ssh`);
    await expect(guest.writeAuthorizedKeys("")).rejects.toThrow(`leads out of its guest, to ${ring.directory}`);
  });

  test("commands can write only files of their guest", async () => {
    const target = await world(guests);
    const { stdout } = await ring.ssh(
      target,
      "alice",
      "for d in /usr /usr/bin /etc/alternatives; do sudo -n touch $d/x || echo no; done",
    );
    expect(stdout).toBe("no\nno\nno\n");
  });
});

test("without a namespace the shims still answer as the guest", async () => {
  const place = { root: join(ring.directory, "guest"), hostname: "web", user: "debian", owner: undefined };
  await createRootFs(place, [], shims);
  const guest = new PlainConfinement(place);
  const shell = [
    "-c",
    "id -un; whoami; hostname; getent passwd root | cut -d: -f6; echo ~; su -c id 2>&1; sudo id -un",
  ];
  const child = await guest.run({ user: "debian", shell, environment: {} });
  let said = "";
  child.stdout?.on("data", (chunk) => {
    said += chunk;
  });
  await new Promise((resolve) => child.once("close", resolve));
  const { root } = place;
  expect(said).toBe(`debian\ndebian\nweb\n${root}/root\n${root}/home/debian\nsu: Authentication failure\nroot\n`);
});
