/** Connections to a host, and two addresses of one machine. */
import { resources } from "../../provider/resources";
import { describeGuests } from "../emulator/guest_kinds";
import { withAgent } from "../ssh/running_agent";
import { startServer } from "../ssh/ssh2_server";
import { makeKey } from "../ssh/test_keys";
import { alice, bob } from "./known_keys";
import { ReachableHost } from "./reachable_host";
import { closeClouds } from "./world";

const { AuthorizedKey } = resources;

describeGuests((guests) => {
  let host: ReachableHost;
  beforeAll(async () => {
    host = await ReachableHost.start(guests);
  });
  afterAll(closeClouds);
  beforeEach(() => host.write());

  /** Adds the key over a connection, has a look, changes it, and removes it. What there was in between, and what is left. */
  async function lifeOver(connection: object): Promise<string[][]> {
    const news = { connection: { ...connection }, publicKey: alice.line };
    const made = await host.run().create(AuthorizedKey, news);
    const found = await host.run().found(AuthorizedKey, made);
    const last = await host.run().update(AuthorizedKey, found, { ...news, options: ["restrict"] });
    const lines = await host.lines();
    await host.run().delete(AuthorizedKey, last);
    return [lines, await host.lines()];
  }

  const wholeLife = [[`restrict ${alice.line}`], []];

  test("A jump host with a key of its own leads to the host", async () => {
    const jump = await startServer({ authorizedKeys: [bob.line, host.admin.publicKey] });
    const { host: address, port, user } = jump.target;
    const bastion = { host: address, port, user, hostKey: jump.hostKey, privateKey: host.admin.privateKey };
    expect(await lifeOver({ ...host.connection, bastion })).toEqual(wholeLife);
    expect(jump.connections.total).toBeGreaterThan(5);
    await jump.close();
  });

  test("An ssh-agent that the connection names logs in", async () => {
    const { privateKey, ...rest } = host.connection;
    const life = withAgent(privateKey, (agentSocketPath) => lifeOver({ ...rest, agentSocketPath }));
    expect(await life).toEqual(wholeLife);
  });

  test("One of the keys of an ssh-agent logs in if the connection chooses it, and no other is tried", async () => {
    const { privateKey, ...rest } = host.connection;
    const first = makeKey();
    const life = withAgent([first.privateKey, privateKey], async (agentSocketPath) => {
      const wrong = lifeOver({ ...rest, agentSocketPath, agentIdentity: first.publicKey });
      await expect(wrong).rejects.toThrow(/let none of these in: .*\(ssh-ed25519\)\)\. It offers/);
      return await lifeOver({ ...rest, agentSocketPath, agentIdentity: host.admin.publicKey });
    });
    expect(await life).toEqual(wholeLife);
  });

  test("The environment's ssh-agent logs in if the connection has no private key", async () => {
    const { privateKey, ...rest } = host.connection;
    const before = process.env["SSH_AUTH_SOCK"] ?? "";
    const life = withAgent(privateKey, (socket) => {
      process.env["SSH_AUTH_SOCK"] = socket;
      return lifeOver(rest);
    }).finally(() => {
      process.env["SSH_AUTH_SOCK"] = before;
    });
    expect(await life).toEqual(wholeLife);
  });

  test("A connection without a port uses the provider's", async () => {
    const { port, ...connection } = host.connection;
    const run = host.cloud.run({ apiKey: "", apiSecret: "", sshPort: String(port) });
    await run.create(AuthorizedKey, { connection, publicKey: alice.line });
    expect(await host.lines()).toEqual([alice.line]);
  });

  describe("The deletion that ends a replacement", () => {
    const granted = () => host.run().create(AuthorizedKey, host.inputs(alice.line));

    test("keeps the key if the new one is the same line", async () => {
      const last = await granted();
      const run = host.run();
      await run.create(AuthorizedKey, host.inputs(alice.line));
      await run.delete(AuthorizedKey, last);
      expect([await host.lines(), run.warnings]).toEqual([[alice.line], []]);
    });

    test("keeps the key if the new address is the same machine, with a warning", async () => {
      const last = await granted();
      const run = host.run();
      const connection = { ...host.connection, host: `::ffff:${host.guest.address}` };
      await run.create(AuthorizedKey, host.inputs(alice.line, { connection }));
      await run.delete(AuthorizedKey, last);
      expect(await host.lines()).toEqual([alice.line]);
      expect(run.warnings).toEqual([
        expect.stringMatching(/was not removed: .* both addresses are taken for one machine/),
      ]);
    });

    test("removes the key from the old machine, although the new one already had it", async () => {
      const other = await ReachableHost.join(host.cloud, host.admin);
      await other.write(alice.line);
      const last = await granted();
      const run = host.run();
      await run.create(AuthorizedKey, other.inputs(alice.line));
      await run.delete(AuthorizedKey, last);
      expect([await host.lines(), await other.lines()]).toEqual([[], [alice.line]]);
    });

    test("removes the old key after the new one is accepted", async () => {
      const last = await granted();
      const run = host.run();
      await run.create(AuthorizedKey, host.inputs(bob.line));
      await run.delete(AuthorizedKey, last);
      expect([await host.lines(), await host.accepts(alice.line)]).toEqual([[bob.line], "no"]);
    });
  });

  test("An AuthorizedKey cannot be read by its id, and the error says what to do", async () => {
    const reading = AuthorizedKey.read(`debian/${alice.sha256}`, undefined, host.run());
    await expect(reading).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
  });
});
