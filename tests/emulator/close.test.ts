import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client as SshClient } from "ssh2";
import { startEmulator } from "../emulated";
import { describeGuests } from "./guest_kinds";
import { Client, closeAll, KeyRing, start } from "./world";

afterEach(closeAll);

const roots = async () => (await readdir(tmpdir())).filter((name) => name.startsWith("exoscale-emulator-"));

describeGuests((guests) => {
  test("leaves no file, no listener and no open connection behind", async () => {
    const ring = await KeyRing.make();
    const { emulator, client } = await start({ guests });
    emulator.cloud.openSsh();
    await client.register("alice", await ring.generate("alice"));
    const { id, ip } = await client.create({ "ssh-keys": [{ name: "alice" }] });
    const root = join((await emulator.cloud.guest(id)).home(), "../../..");
    const ssh = new SshClient();
    const closed = new Promise<void>((resolve) => {
      ssh.once("close", () => resolve()).on("error", () => undefined);
    });
    const privateKey = await readFile(ring.file("alice"));
    ssh.connect({ host: ip, port: Number(emulator.environment.EXOSCALE_SSH_PORT), username: "debian", privateKey });
    await once(ssh, "ready");
    ssh.exec("sleep 1000", () => undefined);
    await emulator.close();
    await closed;
    await ring.remove();
    await expect(fetch(`${emulator.endpoint}/zone`)).rejects.toThrow("fetch failed");
    await expect(readdir(root)).rejects.toThrow("ENOENT");
  });
});

test("closes with operations under way, and twice", async () => {
  const { emulator, client } = await start({ operationMs: 60_000 });
  await client.send("POST", "/instance", await client.order());
  await emulator.close();
  await emulator.close();
  await expect(fetch(`${emulator.endpoint}/zone`)).rejects.toThrow("fetch failed");
});

test("refuses a port that is taken and leaves no directory", async () => {
  const { emulator } = await start({ guests: "none" });
  const before = await roots();
  const port = Number(new URL(emulator.endpoint).port);
  await expect(startEmulator({ port })).rejects.toThrow("EADDRINUSE");
  expect((await roots()).filter((name) => !before.includes(name))).toEqual([]);
});

test("refuses a zone that is named twice", async () => {
  await expect(startEmulator({ zones: ["ch-gva-2", "ch-gva-2"] })).rejects.toThrow("Give at least one zone, each once");
});

test("talks to a client of each zone through its own endpoint", async () => {
  const { emulator, client } = await start({ guests: "none" });
  const { zones } = await client.get("/zone");
  const other = new Client(emulator, zones[1]["api-endpoint"]);
  await other.create({ name: "there" });
  expect(emulator.cloud.instances("ch-dk-2")).toMatchObject([{ name: "there" }]);
});
