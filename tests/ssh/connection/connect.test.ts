import { generateKeyPairSync } from "node:crypto";
import type { Algorithms } from "ssh2";
import { parsePublicKey } from "../../../provider/keys/public_key";
import { connect } from "../../../provider/ssh/connection/connect";
import { startServer, startTcp, type TestServer, type TestServerOptions } from "../ssh2_server";
import { makeKey } from "../test_keys";

const key = makeKey();
const stranger = makeKey();
const newHost = { acceptNew: true };

const servers: TestServer[] = [];
async function start(options: TestServerOptions = {}) {
  const server = await startServer({ authorizedKeys: [key.publicKey], ...options });
  servers.push(server);
  return server;
}
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe("the host key", () => {
  test("is accepted and reported if the host is new and new hosts are allowed", async () => {
    const { target, hostKey } = await start();
    const session = await connect(target, [key], newHost);
    session.close();
    expect(`${session.hostKey.type} ${session.hostKey.base64}`).toBe(hostKey);
  });

  test("stops the connection when it is unknown and new hosts are not allowed", async () => {
    const { target, attempts } = await start();
    await expect(connect(target, [key])).rejects.toMatchObject({ code: "SSH_HOST_KEY_UNKNOWN" });
    expect(attempts).toEqual([]);
  });

  test("stops the connection when it has changed, even where new hosts are allowed", async () => {
    const { target, attempts } = await start();
    const connecting = connect(target, [key], { knownHostKeys: [stranger.publicKey], ...newHost });
    await expect(connecting).rejects.toMatchObject({ code: "SSH_HOST_KEY_CHANGED" });
    expect(attempts).toEqual([]);
  });

  test("is explained with both fingerprints when it has changed", async () => {
    const { target, hostKey } = await start();
    const connecting = connect(target, [key], { knownHostKeys: [stranger.publicKey] });
    const [expected, seen] = [stranger.publicKey, hostKey].map((text) => parsePublicKey(text).fingerprintSha256);
    await expect(connecting).rejects.toThrow(
      `The host key of 127.0.0.1:${target.port} has changed: expected ${expected}, seen ${seen} (ssh-ed25519).`,
    );
  });

  test.each([
    ["type and base64", (line: string) => line],
    ["base64", (line: string) => line.split(" ")[1] ?? ""],
    ["a line of ssh-keyscan", (line: string) => `127.0.0.1 ${line}`],
    ["a fingerprint", (line: string) => parsePublicKey(line).fingerprintSha256],
  ])("may be given as %s", async (_form, write) => {
    const { target, hostKey } = await start();
    const session = await connect(target, [key], { knownHostKeys: [write(hostKey)] });
    session.close();
    expect(session.loggedInWith).toContain("ssh-ed25519");
  });
});

describe("credentials", () => {
  test("are tried in order in one connection until the server accepts one", async () => {
    const { target, attempts, connections } = await start();
    const session = await connect(target, [stranger, key], newHost);
    session.close();
    expect(attempts).toEqual(["none", "publickey?", "publickey?", "publickey!"]);
    expect(connections.total).toBe(1);
  });

  test("are named by fingerprint if the server accepts none, and never shown", async () => {
    const { target } = await start();
    const error = await connect(target, [stranger], newHost).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "SSH_LOGIN_REFUSED" });
    expect(error.message).toContain(parsePublicKey(stranger.publicKey).fingerprintSha256);
    expect(error.message).not.toContain("PRIVATE KEY");
  });

  test("may be unreadable if another one can log in", async () => {
    const { target } = await start();
    const session = await connect(target, [{ privateKey: "x" }, key], newHost);
    session.close();
    expect(session.loggedInWith).toContain(parsePublicKey(key.publicKey).fingerprintSha256);
  });

  test("cause an error if none can be read, before a connection is opened", async () => {
    const { target, connections } = await start();
    await expect(connect(target, [{ privateKey: "x" }], newHost)).rejects.toMatchObject({
      code: "KEY_PRIVATE_INVALID",
    });
    expect(connections.total).toBe(0);
  });

  test("may be PKCS#8, encrypted with a passphrase", async () => {
    const pair = generateKeyPairSync("ed25519", {
      publicKeyEncoding: { type: "spki", format: "der" },
      privateKeyEncoding: { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "open sesame" },
    });
    const blob = Buffer.concat([
      Buffer.from("0000000b7373682d6564323535313900000020", "hex"),
      pair.publicKey.subarray(-32),
    ]);
    const { target } = await start({ authorizedKeys: [`ssh-ed25519 ${blob.toString("base64")}`] });
    const session = await connect(target, [{ privateKey: pair.privateKey, passphrase: "open sesame" }], newHost);
    expect(await session.exec("exit 0")).toMatchObject({ code: 0 });
    session.close();
  });

  test("may be an ssh-agent that is not running, if the server accepts another one", async () => {
    const { target } = await start();
    const session = await connect(target, [{ agentSocket: "/nonexistent" }, key], newHost);
    session.close();
    expect(session.loggedInWith).toContain("ssh-ed25519");
  });
});

describe("a connection", () => {
  test("waits while two others to the same host are open", async () => {
    const { target, connections } = await start();
    const first = await connect(target, [key], newHost);
    const second = await connect(target, [key], newHost);
    const third = connect(target, [key], newHost);
    first.close();
    (await third).close();
    second.close();
    expect(connections).toMatchObject({ total: 3, most: 2 });
  });

  test("says that two others are open when they do not end in time", async () => {
    const { target } = await start();
    const open = [await connect(target, [key], newHost), await connect(target, [key], newHost)];
    const third = connect(target, [key], { ...newHost, timeoutMs: 100 });
    await expect(third).rejects.toThrow("Two SSH connections");
    for (const session of open) session.close();
  });

  test("that stops in the middle of the key exchange is a timeout that says so", async () => {
    const halting = await startTcp((socket) => socket.write("SSH-2.0-x\r\n"));
    const connecting = connect(halting.target, [key], { ...newHost, timeoutMs: 2_000 });
    await expect(connecting).rejects.toThrow("did not finish its key exchange in time");
    await halting.close();
  });

  test.each([
    ["signs its host key with SHA-1", { serverHostKey: ["ssh-rsa"] }],
    ["exchanges keys with SHA-1", { kex: ["diffie-hellman-group14-sha1"] }],
    ["seals messages with SHA-1", { cipher: ["aes128-ctr"], hmac: ["hmac-sha1"] }],
  ] satisfies [string, Algorithms][])("is not made with a server that only %s", async (_what, algorithms) => {
    const { target } = await start({ algorithms, hostKeys: [makeKey("rsa").privateKey] });
    await expect(connect(target, [key], newHost)).rejects.toMatchObject({ code: "SSH_PROTOCOL" });
  });

  test("ends with the caller's reason when the caller aborts", async () => {
    const silent = await startTcp(() => undefined);
    const giveUp = new AbortController();
    const connecting = connect(silent.target, [key], { ...newHost, signal: giveUp.signal });
    const reason = new Error("enough");
    giveUp.abort(reason);
    await expect(connecting).rejects.toBe(reason);
    await silent.close();
  });

  test("to a name without an address says that", async () => {
    // Not a valid name, so that no name server is asked: without a network that could be slow.
    const connecting = connect({ host: "nowhere..invalid", port: 22, user: "debian" }, [key], newHost);
    await expect(connecting).rejects.toMatchObject({ code: "SSH_UNREACHABLE", kind: "no-address" });
  });

  test("to a user name that could be an option is refused", async () => {
    const connecting = connect({ host: "127.0.0.1", port: 22, user: "-oProxyCommand=x" }, [key], newHost);
    await expect(connecting).rejects.toMatchObject({ code: "SSH_TARGET_INVALID" });
  });
});
