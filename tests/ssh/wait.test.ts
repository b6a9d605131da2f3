import { EventEmitter, once } from "node:events";
import { connect } from "node:net";
import { pipeline } from "node:stream";
import { waitForSsh } from "../../provider/ssh/wait";
import { startServer, startTcp, type TestServer, unusedPort } from "./ssh2_server";
import { makeKey } from "./test_keys";

const onPort = (port: number) => ({ host: "127.0.0.1", port, user: "debian" });

test("returns the host key of a server that answers, and does not log in", async () => {
  const server = await startServer();
  const hostKey = await waitForSsh(server.target, { timeoutMs: 30_000 });
  await server.close();
  expect(`${hostKey.type} ${hostKey.base64}`).toBe(server.hostKey);
  expect(server.attempts).toEqual([]);
});

test("waits for a server that starts later", async () => {
  const tries = new EventEmitter();
  let server: TestServer | undefined;
  const booting = await startTcp((socket) => {
    if (server) return void pipeline(socket, connect(server.target.port, server.target.host), socket, () => undefined);
    socket.destroy();
    tries.emit("refused");
  });
  const refused = once(tries, "refused");
  const waiting = waitForSsh(booting.target, { timeoutMs: 25_000 });
  await refused;
  server = await startServer();
  await expect(waiting).resolves.toMatchObject({ type: "ssh-ed25519" });
  await Promise.all([server, booting].map((each) => each.close()));
});

test("reports the last failure when the time is over", async () => {
  const waiting = waitForSsh(onPort(await unusedPort()), { timeoutMs: 300 });
  await expect(waiting).rejects.toMatchObject({
    code: "SSH_TIMEOUT",
    message: expect.stringContaining("within 0.3 s. Last failure: nothing listens there (ECONNREFUSED)."),
  });
});

test("tries again after a server drops the first connection", async () => {
  let connections = 0;
  const giveUp = new AbortController();
  const dropping = await startTcp((socket) => {
    connections++;
    if (connections > 1) giveUp.abort(new Error("tried again"));
    socket.destroy();
  });
  const waiting = waitForSsh(dropping.target, { timeoutMs: 25_000, signal: giveUp.signal });
  await expect(waiting).rejects.toThrow("tried again");
  await dropping.close();
});

test("ends at once when the host shows another key than the known one", async () => {
  const server = await startServer();
  const waiting = waitForSsh(server.target, { timeoutMs: 60_000, knownHostKeys: [makeKey().publicKey] });
  await expect(waiting).rejects.toMatchObject({ code: "SSH_HOST_KEY_CHANGED" });
  await server.close();
});

test("rejects with the caller's reason when the caller aborts", async () => {
  const giveUp = new AbortController();
  const reason = new Error("enough");
  const waiting = waitForSsh(onPort(await unusedPort()), { timeoutMs: 60_000, signal: giveUp.signal });
  giveUp.abort(reason);
  await expect(waiting).rejects.toBe(reason);
});
