import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Client as SshClient } from "ssh2";
import { startEmulator } from "../emulated";
import { commandIn } from "./command";
import { describeGuests } from "./guest_kinds";
import { Client, closeAll, start, startWeb, useKeyRing } from "./world";

const ring = useKeyRing();

describeGuests((guests) => {
  test("leaves no file, no listener and no open connection behind", async () => {
    const { emulator, ip, port, guest } = await startWeb(ring, { guests });
    const root = join(guest.home(), "../../..");
    const ssh = new SshClient();
    const closed = new Promise<void>((resolve) => {
      ssh.once("close", () => resolve()).on("error", () => undefined);
    });
    const privateKey = await readFile(ring.file("alice"));
    ssh.connect({ host: ip, port: Number(port), username: "debian", privateKey });
    await once(ssh, "ready");
    ssh.exec("sleep 1000", () => undefined);
    await emulator.close();
    await closed;
    await expect(fetch(`${emulator.endpoint}/zone`)).rejects.toThrow("fetch failed");
    await expect(readdir(root)).rejects.toThrow("ENOENT");
  });
});

test("closes while an operation is pending, and a second time", async () => {
  const { emulator, client } = await start({ operationMs: 60_000 });
  await client.send("POST", "/instance", await client.order());
  await emulator.close();
  await emulator.close();
  await expect(fetch(`${emulator.endpoint}/zone`)).rejects.toThrow("fetch failed");
});

test("refuses a port that is taken and leaves no directory", async () => {
  const { emulator } = await start({ guests: "none" });
  // A directory of its own, because other tests create temporary directories at the same time.
  const own = await mkdtemp(join(tmpdir(), "emulator-close-"));
  const refused = commandIn(own, "emulator", "--port", new URL(emulator.endpoint).port);
  const ended = once(refused, "close");
  const said = refused.stderr && (await text(refused.stderr));
  expect([(await ended)[0], said]).toEqual([1, expect.stringContaining("EADDRINUSE")]);
  expect(await readdir(own)).toEqual([]);
  await rm(own, { recursive: true });
});

test("has one exit listener for all emulators, and none after they are closed", async () => {
  const before = process.listenerCount("exit");
  await Promise.all(Array.from({ length: 12 }, () => start({ guests: "ssh2" })));
  expect(process.listenerCount("exit") - before).toBe(1);
  await closeAll();
  expect(process.listenerCount("exit")).toBe(before);
});

test("refuses a zone that is named twice", async () => {
  await expect(startEmulator({ zones: ["ch-gva-2", "ch-gva-2"] })).rejects.toThrow("Give at least one zone, each once");
});

test("serves each zone at its own endpoint", async () => {
  const { emulator, client } = await start({ guests: "none" });
  const { zones } = await client.get("/zone");
  const other = new Client(emulator, zones[1]["api-endpoint"]);
  await other.create({ name: "there" });
  expect(emulator.cloud.instances("ch-dk-2")).toMatchObject([{ name: "there" }]);
});
