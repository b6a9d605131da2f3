import { chown, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readChecked, writeAtomically } from "../../emulator/state_directory";
import type { EmulatorOptions } from "../emulated";
import { describeGuests, describeSshd, type Kind } from "./guest_kinds";
import { lastingPorts, start, startWeb, useKeyRing } from "./world";

const ring = useKeyRing();
let stateDir: string;

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "emulator-state-"));
});

afterEach(async () => {
  await rm(stateDir, { recursive: true, force: true });
});

const opened = (options: EmulatorOptions) => start({ stateDir, ...options });

/** An instance that was created with the key "alice", after a login. */
async function world(guests: Kind) {
  const web = await startWeb(ring, { guests, stateDir, ...(await lastingPorts()) });
  expect(await ring.ssh(web.target, "alice", "true")).toMatchObject({ code: 0 });
  return web;
}

/** Mode bits of a path, in octal. */
const mode = async (...path: string[]) => ((await stat(join(stateDir, ...path))).mode & 0o777).toString(8);

/** Changes the kind of a saved guest, also to one that this machine cannot have. */
function changeKind(file: string, kind: Kind): void {
  const saved = readChecked<object>(file);
  writeAtomically(file, { ...saved, kind });
}

describeGuests((guests) => {
  test("has the same variables and the same answers after a restart", async () => {
    const { emulator, client, id } = await world(guests);
    await client.settle("POST", "/anti-affinity-group", { name: "apart" });
    const paths = [
      "/ssh-key",
      "/security-group",
      "/anti-affinity-group",
      "/instance",
      `/instance/${id}`,
      "/instance-pool",
    ];
    const before = await Promise.all(paths.map((path) => client.get(path)));
    await emulator.close();
    const { emulator: next } = await opened({ guests });
    expect(next.environment).toEqual(emulator.environment);
    // The same client, with the old variables.
    expect(await Promise.all(paths.map((path) => client.get(path)))).toEqual(before);
  });

  test("accepts the same key at the same address, and shows the same host key", async () => {
    const { emulator, target } = await world(guests);
    await emulator.close();
    await opened({ guests });
    // accept-new refuses a changed host key, so a login proves that the host key is the same.
    expect(await ring.ssh(target, "alice", "hostname; id -un")).toMatchObject({ code: 0, stdout: "web\ndebian\n" });
  });

  test("keeps files that were changed in a guest, and its first host name", async () => {
    const { emulator, client, id, target } = await world(guests);
    const next = await ring.generate("next");
    await ring.ssh(target, "alice", `echo '${next}' > .ssh/authorized_keys; echo mine > notes`);
    await client.settle("PUT", `/instance/${id}`, { name: "renamed" });
    await emulator.close();
    await opened({ guests });
    expect((await ring.ssh(target, "alice", "true")).code).toBe(255);
    expect(await ring.ssh(target, "next", "cat notes; hostname")).toMatchObject({ code: 0, stdout: "mine\nweb\n" });
  });

  test("leaves a stopped instance stopped until it is started", async () => {
    const { emulator, client, id, target } = await world(guests);
    await client.settle("PUT", `/instance/${id}:stop`);
    await emulator.close();
    await opened({ guests });
    expect((await client.get(`/instance/${id}`)).state).toBe("stopped");
    expect((await ring.ssh(target, "alice", "true")).stderr).toContain("Connection refused");
    await client.settle("PUT", `/instance/${id}:start`);
    expect((await ring.ssh(target, "alice", "true")).code).toBe(0);
  });

  test("uses no address twice, and removes the files of destroyed instances", async () => {
    const { emulator, client, id, target } = await world(guests);
    await client.settle("DELETE", `/instance/${id}`);
    await emulator.close();
    expect((await readdir(join(stateDir, "guests"))).filter((name) => name.startsWith(id))).toEqual([]);
    await opened({ guests });
    expect((await client.create()).ip).not.toBe(target.ip);
  });

  test("can be read by this user only", async () => {
    const { emulator, id } = await world(guests);
    const isRoot = process.getuid?.() === 0;
    // Guests of a root process have other owners, who must pass these directories. They cannot list or read them.
    expect([await mode(), await mode("guests")]).toEqual(isRoot ? ["711", "711"] : ["700", "700"]);
    expect([await mode("state.json"), await mode("lock"), await mode("guests", `${id}.json`)]).toEqual([
      "600",
      "600",
      "600",
    ]);
    expect(await mode("guests", id)).toBe("700");
    await emulator.close();
    expect((await readdir(stateDir)).sort()).toEqual(["guests", "state.json"]);
  });

  test("hides the state directory from its guests", async () => {
    const { target } = await world(guests);
    const { stdout } = await ring.ssh(target, "alice", `cat ${join(stateDir, "state.json")} 2>&1`);
    expect(stdout).toMatch(/No such file|Permission denied/);
  });

  test("refuses damaged files of a guest, and names them", async () => {
    const { emulator, id } = await world(guests);
    await emulator.close();
    const file = join(stateDir, "guests", `${id}.json`);
    await writeFile(file, "{}");
    await expect(opened({ guests })).rejects.toThrow(`${file} is damaged`);
  });

  test("refuses guests of another kind, and names that kind", async () => {
    const { emulator } = await world(guests);
    await emulator.close();
    const other = guests === "sshd" ? "ssh2" : "sshd";
    const file = (await readdir(join(stateDir, "guests"))).find((name) => name.endsWith(".json")) ?? "";
    changeKind(join(stateDir, "guests", file), other);
    await expect(opened({ guests })).rejects.toThrow(`Start with guests: "${other}" (--guests ${other})`);
  });
});

describeSshd("a guest with a real sshd", () => {
  test("does not become the owner of files behind a link that replaces a home", async () => {
    const { emulator, id, target } = await world("sshd");
    await ring.ssh(target, "alice", `sudo -n sh -c 'mv /home/debian /home/away; ln -s ${ring.directory} /home/debian'`);
    await emulator.close();
    // As after a copy that does not preserve owners.
    await chown(join(stateDir, "guests", id), 0, 0);
    await opened({ guests: "sshd" });
    expect([await owner(ring.directory), await owner(ring.file("alice"))]).toEqual([0, 0]);
    expect(await owner(join(stateDir, "guests", id, "home/away"))).toBeGreaterThanOrEqual(1_879_048_192);
  });
});

const owner = async (path: string) => (await stat(path)).uid;
