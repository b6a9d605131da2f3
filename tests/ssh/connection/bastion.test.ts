import { parsePublicKey } from "../../../provider/keys/public_key";
import { connect } from "../../../provider/ssh/connection/connect";
import { probe } from "../../../provider/ssh/probe";
import { waitForSsh } from "../../../provider/ssh/wait";
import { startServer, type TestServer, type TestServerOptions } from "../ssh2_server";
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

describe("a bastion", () => {
  test("leads to the host behind it, and its connection is closed together with the host's", async () => {
    const [bastion, behind] = [await start(), await start()];
    const session = await connect(behind.target, [key], { ...newHost, bastion: bastion.target });
    expect(await session.exec("exit 5")).toMatchObject({ code: 5 });
    session.close();
    expect([bastion.connections.total, behind.connections.total]).toEqual([1, 1]);
  });

  test("gets a login with its own key if it has one", async () => {
    const [bastion, behind] = [await start({ authorizedKeys: [stranger.publicKey] }), await start()];
    const through = { ...bastion.target, hostKey: bastion.hostKey, privateKey: stranger.privateKey };
    const session = await connect(behind.target, [key], { knownHostKeys: [behind.hostKey], bastion: through });
    session.close();
    expect(session.loggedInWith).toContain(parsePublicKey(key.publicKey).fingerprintSha256);
  });

  test("with a changed host key stops everything", async () => {
    const [bastion, behind] = [await start(), await start()];
    const through = { ...bastion.target, hostKey: stranger.publicKey };
    const connecting = connect(behind.target, [key], { ...newHost, bastion: through });
    await expect(connecting).rejects.toMatchObject({ code: "SSH_HOST_KEY_CHANGED" });
    expect(behind.connections.total).toBe(0);
  });

  test("that cannot reach the host says which of the two is at fault", async () => {
    const bastion = await start();
    const nobody = { ...bastion.target, port: 1 };
    const connecting = connect(nobody, [key], { ...newHost, bastion: bastion.target });
    await expect(connecting).rejects.toThrow(
      `The bastion 127.0.0.1:${bastion.target.port} could not connect to 127.0.0.1:1`,
    );
  });

  test("is also a way to probe and to wait", async () => {
    const [bastion, behind] = [await start(), await start()];
    const options = { bastion: bastion.target, credentials: [key], timeoutMs: 30_000 };
    expect(await probe(behind.target, stranger.publicKey, options)).toMatchObject({ accepts: "no", loggedIn: true });
    expect(await waitForSsh(behind.target, options)).toMatchObject({ type: "ssh-ed25519" });
  });

  test("carries more hosts than it allows unfinished logins", async () => {
    const bastion = await start();
    const behind = await Promise.all([1, 2, 3, 4].map(() => start()));
    const sessions = await Promise.all(
      behind.map(({ target }) => connect(target, [key], { ...newHost, bastion: bastion.target })),
    );
    expect(bastion.connections.open).toBe(4);
    for (const session of sessions) session.close();
  });
});
