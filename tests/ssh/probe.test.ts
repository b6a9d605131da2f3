import { connect } from "node:net";
import { pipeline } from "node:stream";
import { probe } from "../../provider/ssh/probe";
import {
  publicHostKey,
  startServer,
  startTcp,
  type TestServer,
  type TestServerOptions,
  unusedPort,
} from "./ssh2_server";
import { makeKey } from "./test_keys";

const key = makeKey();
const stranger = makeKey();

let server: TestServer | undefined;
async function start(options: TestServerOptions = {}) {
  const started = await startServer({ authorizedKeys: [key.publicKey], ...options });
  server = started;
  return started;
}
afterEach(async () => {
  await server?.close();
  server = undefined;
});

test("says yes for an authorized key and asks for no signature", async () => {
  const { target, hostKey, attempts } = await start();
  const answer = await probe(target, key.publicKey, { knownHostKeys: [hostKey] });
  expect(answer).toMatchObject({ accepts: "yes", hostKeyKnown: true });
  expect(attempts).toEqual(["none", "publickey?"]);
});

test("says no for a key that the server refuses", async () => {
  const { target, hostKey } = await start();
  const answer = await probe(target, stranger.publicKey, { knownHostKeys: [hostKey] });
  expect(answer).toMatchObject({ accepts: "no", hostKeyKnown: true });
  expect(answer.reason).toBe(`debian@127.0.0.1:${target.port} refuses this key.`);
});

test("answers at first contact too, and reports the key of the unknown host", async () => {
  const { target, hostKey } = await start();
  const answer = await probe(target, key.publicKey);
  expect(answer).toMatchObject({ accepts: "yes", hostKeyKnown: false });
  expect(`${answer.hostKey?.type} ${answer.hostKey?.base64}`).toBe(hostKey);
});

test("sends nothing to a host with a changed key, and the answer is unknown", async () => {
  const { target, attempts } = await start();
  const known = publicHostKey(makeKey().privateKey);
  const answer = await probe(target, key.publicKey, { knownHostKeys: [known] });
  expect(answer).toMatchObject({ accepts: "unknown", hostKeyKnown: false });
  expect(answer.reason).toContain(`seen ${answer.hostKey?.fingerprintSha256}`);
  expect(attempts).toEqual([]);
});

test("stops at a host without the known fingerprint after it asked for every key type once", async () => {
  const { target } = await start();
  const knownHostKeys = [`SHA256:${"A".repeat(43)}`];
  // An endless search would last until the time limit, which is longer than that of this test.
  const answer = await probe(target, key.publicKey, { knownHostKeys, timeoutMs: 600_000 });
  expect(answer).toMatchObject({ accepts: "unknown", reason: expect.stringContaining("has changed") });
});

test("knows a host by the fingerprint of another key than the one shown first", async () => {
  const [first, second] = [makeKey(), makeKey("ecdsa 256")];
  const { target } = await start({ hostKeys: [first.privateKey, second.privateKey] });
  const { hostKey } = await probe(target, key.publicKey, { knownHostKeys: [second.publicKey] });
  const answer = await probe(target, key.publicKey, { knownHostKeys: [hostKey?.fingerprintSha256 ?? ""] });
  expect(hostKey?.type).toBe("ecdsa-sha2-nistp256");
  expect(answer).toMatchObject({ accepts: "yes", hostKeyKnown: true });
});

test("asks and logs in with the other credential in one connection", async () => {
  const { target, attempts, connections } = await start();
  const answer = await probe(target, stranger.publicKey, { credentials: [key] });
  expect(answer).toMatchObject({ accepts: "no", loggedIn: true });
  expect(attempts).toEqual(["none", "publickey?", "publickey?", "publickey!"]);
  expect(connections.total).toBe(1);
});

test("keeps its answer when the other credential is refused", async () => {
  const { target } = await start();
  const answer = await probe(target, key.publicKey, { credentials: [stranger] });
  expect(answer).toMatchObject({ accepts: "yes", loggedIn: false });
});

test("answers unknown if anybody is let in without a key", async () => {
  const { target } = await start({ open: true });
  expect(await probe(target, key.publicKey)).toMatchObject({ accepts: "unknown" });
});

test("answers unknown if only passwords are accepted", async () => {
  const { target } = await start({ methods: ["password"] });
  const answer = await probe(target, stranger.publicKey);
  expect(answer.reason).toContain("takes no public keys now, only password");
});

test("answers unknown if the server disconnects at the question", async () => {
  const { target } = await start({ disconnectsOnKeys: true });
  const answer = await probe(target, key.publicKey);
  expect(answer).toMatchObject({
    accepts: "unknown",
    reason: expect.stringContaining("ended the connection during login"),
  });
});

test("answers unknown if nothing listens, and mentions the port", async () => {
  const target = { host: "127.0.0.1", port: await unusedPort(), user: "debian" };
  const answer = await probe(target, key.publicKey);
  expect(answer).toMatchObject({ accepts: "unknown", hostKeyKnown: false });
  expect(answer.reason).toContain("nothing listens there");
});

test("answers unknown if the server accepts the connection and stays silent", async () => {
  const silent = await startTcp(() => undefined);
  const answer = await probe(silent.target, key.publicKey, { timeoutMs: 2_000 });
  await silent.close();
  expect(answer).toMatchObject({ accepts: "unknown", reason: expect.stringContaining("no SSH banner came") });
});

test("answers unknown if every connection is dropped at once", async () => {
  const dropping = await startTcp((socket) => socket.destroy());
  const answer = await probe(dropping.target, key.publicKey);
  await dropping.close();
  expect(answer).toMatchObject({ accepts: "unknown", reason: expect.stringContaining("was dropped") });
});

test("answers unknown if the server drops the connection after its banner", async () => {
  const dropping = await startTcp((socket) => socket.write("SSH-2.0-x\r\n", () => socket.end()));
  const answer = await probe(dropping.target, key.publicKey);
  await dropping.close();
  expect(answer).toMatchObject({ accepts: "unknown", reason: expect.stringContaining("was dropped") });
});

test("answers unknown if a web server answers", async () => {
  const web = await startTcp((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  expect(await probe(web.target, key.publicKey)).toMatchObject({ accepts: "unknown" });
  await web.close();
});

test("tries again when only the first connection is dropped", async () => {
  const { target } = await start();
  let first = true;
  const flaky = await startTcp((socket) => {
    if (first) socket.destroy();
    else pipeline(socket, connect(target.port, target.host), socket, () => undefined);
    first = false;
  });
  const answer = await probe(flaky.target, key.publicKey);
  await flaky.close();
  expect(answer).toMatchObject({ accepts: "yes" });
});

test("rejects with the caller's reason when the caller aborts", async () => {
  const silent = await startTcp(() => undefined);
  const reason = new Error("enough");
  const probing = probe(silent.target, key.publicKey, { signal: AbortSignal.abort(reason) });
  await expect(probing).rejects.toBe(reason);
  await silent.close();
});

test("rejects a known host key and a public key that cannot be read", async () => {
  const target = { host: "127.0.0.1", port: 1, user: "debian" };
  await expect(probe(target, key.publicKey, { knownHostKeys: ["x"] })).rejects.toMatchObject({
    code: "SSH_HOST_KEY_INVALID",
  });
  await expect(probe(target, "ssh-ed25519 x")).rejects.toMatchObject({ code: "KEY_PUBLIC_INVALID" });
});
