/** Failures between a client and a guest that a test orders. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { Client as SshClient } from "ssh2";
import { firstWords } from "./asking";
import { describeGuests } from "./guest_kinds";
import { start, startWeb, useKeyRing } from "./world";

const ring = useKeyRing();

describeGuests((guests) => {
  const world = () => startWeb(ring, { guests, hostKeys: ["ed25519"] });

  /** A client that has logged in. */
  async function loggedIn({ ip, port }: { ip: string; port: string }): Promise<SshClient> {
    const client = new SshClient().on("error", () => undefined);
    client.connect({
      host: ip,
      port: Number(port),
      username: "debian",
      privateKey: await readFile(ring.file("alice")),
    });
    await once(client, "ready");
    return client;
  }

  /** Sends this many bytes into the file `upload` of a guest. @returns the exit status of ssh */
  async function upload(target: { ip: string; port: string }, bytes: number): Promise<number> {
    const options = ["BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR"];
    const place = ["-F", "none", "-p", target.port, "-i", ring.file("alice"), `debian@${target.ip}`];
    const ssh = spawn("ssh", [...options.flatMap((option) => ["-o", option]), ...place, "cat >upload"]);
    ssh.stdin.on("error", () => undefined).end(Buffer.alloc(bytes, "x"));
    const [status] = await once(ssh, "close");
    return status;
  }

  test("refuses connections until the fault is ended", async () => {
    const { emulator, id, target } = await world();
    const takeBack = await emulator.guests.fault(id, { kind: "refused" });
    expect(await firstWords(target)).toBe("ECONNREFUSED");
    await takeBack();
    expect(await firstWords(target)).toMatch(/^SSH-2\.0-/);
  });

  test("still refuses connections after a stop and start of the instance", async () => {
    const { emulator, client, id, target } = await world();
    await emulator.guests.fault(id, { kind: "refused" });
    await client.settle("PUT", `/instance/${id}:stop`);
    await client.settle("PUT", `/instance/${id}:start`);
    expect(await firstWords(target)).toBe("ECONNREFUSED");
  });

  test("drops the ordered number of connections before the banner", async () => {
    const { emulator, id, target } = await world();
    await emulator.guests.fault(id, { kind: "dropped-before-banner", connections: 2 });
    expect([await firstWords(target), await firstWords(target)]).toEqual(["", ""]);
    expect(await firstWords(target)).toMatch(/^SSH-2\.0-/);
  });

  test("accepts a connection and sends nothing, while the next one logs in", async () => {
    const { emulator, id, target } = await world();
    await emulator.guests.fault(id, { kind: "silent-before-banner", connections: 1 });
    const silent = connect(Number(target.port), target.ip).resume();
    await once(silent, "connect");
    expect((await ring.ssh(target, "alice", "true")).code).toBe(0);
    expect([silent.bytesRead, silent.readyState]).toEqual([0, "open"]);
    silent.destroy();
  });

  test("answers nothing after a login, while the next connection is served", async () => {
    const { emulator, id, target } = await world();
    await emulator.guests.fault(id, { kind: "silent-after-login", connections: 1 });
    const client = await loggedIn(target);
    const heard: unknown[] = [];
    client.exec("hostname", (...answer) => heard.push(answer)).on("close", () => heard.push("close"));
    expect((await ring.ssh(target, "alice", "hostname")).stdout).toBe("web\n");
    expect(heard).toEqual([]);
    client.destroy();
  });

  test("cuts a connection in the middle of an upload", async () => {
    const { emulator, id, target, guest } = await world();
    await emulator.guests.fault(id, { kind: "dropped-after-bytes", bytes: 300_000, connections: 1 });
    expect(await upload(target, 1_000_000)).toBe(255);
    const { stdout } = await ring.ssh(target, "alice", "until [ -s upload ]; do :; done; wc -c <upload");
    expect(Number(stdout)).toBeLessThan(300_000);
    expect(await upload(target, 1_000_000)).toBe(0);
    expect(await readFile(join(guest.home(), "upload"))).toHaveLength(1_000_000);
  });

  test("falls silent in the middle of an upload, while the next one succeeds", async () => {
    const { emulator, id, target } = await world();
    await emulator.guests.fault(id, { kind: "silent-after-bytes", bytes: 300_000, connections: 1 });
    const client = await loggedIn(target);
    let isAnswered = false;
    client.exec("cat >silent; echo done", (_error, channel) => {
      channel?.end(Buffer.alloc(1_000_000)).on("data", () => {
        isAnswered = true;
      });
    });
    const { stdout } = await ring.ssh(target, "alice", "until [ -s silent ]; do :; done; wc -c <silent");
    expect(Number(stdout)).toBeLessThan(300_000);
    expect([await upload(target, 1_000_000), isAnswered]).toEqual([0, false]);
    client.destroy();
  });

  test("counts bytes from the start of the connection when told so, and cuts the key exchange", async () => {
    const { emulator, id, target } = await world();
    await emulator.guests.fault(id, { kind: "dropped-after-bytes", bytes: 100, since: "connect" });
    expect(await firstWords(target)).toMatch(/^SSH-2\.0-/);
    expect(await ring.ssh(target, "alice", "true")).toMatchObject({ code: 255, stdout: "" });
  });

  test("delays all bytes on a slow line, and shows the guest the client's real address", async () => {
    const { emulator, id, target, guest } = await world();
    await guest.writeAuthorizedKeys(
      `from="127.0.0.1" ${(await readFile(`${ring.file("alice")}.pub`, "utf8")).trim()}\n`,
    );
    await emulator.guests.fault(id, { kind: "slow", ms: 50 });
    const start = performance.now();
    expect((await ring.ssh(target, "alice", "hostname")).stdout).toBe("web\n");
    // Five rounds at least: versions, key exchange, service, login, command.
    expect(performance.now() - start).toBeGreaterThan(10 * 50);
  });

  test("does not count a connection that the security groups refuse", async () => {
    const { emulator, client } = await start({ guests });
    const { id, ip } = await client.create();
    const target = { ip, port: emulator.environment.EXOSCALE_SSH_PORT };
    await emulator.guests.fault(id, { kind: "dropped-before-banner", connections: 1 });
    expect(await firstWords(target)).toBe("ECONNRESET");
    emulator.cloud.openSsh();
    expect(await firstWords(target)).toBe("");
  });

  test("closes while a fault keeps a connection silent", async () => {
    const { emulator, id, target } = await world();
    await emulator.guests.fault(id, { kind: "silent-after-login" });
    const client = await loggedIn(target);
    const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
    client.exec("true", () => undefined);
    await emulator.close();
    await closed;
    expect(await firstWords(target)).toBe("ECONNREFUSED");
  });
});

test("refuses a fault for an instance without a guest", async () => {
  const { emulator, client } = await start({ guests: "none" });
  const { id } = await client.create();
  await expect(emulator.guests.fault(id, { kind: "refused" })).rejects.toThrow("no guests in this emulator");
});
