import { resources } from "../../provider/resources";
import { describeGuests, describeSshd } from "../emulator/guest_kinds";
import { withAgent } from "../ssh/running_agent";
import { accepts, newPair, opened, type Pair } from "./machines_with_keys";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance, SshKeyPair } = resources;

afterEach(closeClouds);

let cloud: TestCloud;
let ops: Pair;
let alice: Pair;

async function begin(guests: "ssh2" | "sshd") {
  cloud = await startCloud({ guests });
  cloud.emulator.cloud.openSsh();
  ops = await newPair(cloud.run(), {}, "ops");
  alice = await newPair(cloud.run());
}

/** A change of the keys from ops and alice to ops alone, over this connection. */
async function closedOver(connection: object, settings = {}): Promise<string> {
  const web = await cloud.run().create(Instance, opened(ops, alice));
  await cloud.run(settings).update(Instance, web, { ...opened(ops), connection });
  return await accepts(cloud, web, alice);
}

describeGuests((guests) => {
  beforeEach(() => begin(guests));

  test("A running ssh-agent logs in to change the keys of a machine", async () => {
    const { privateKeyOpenssh = "" } = ops.state;
    const said = await withAgent(privateKeyOpenssh, async (agentSocketPath) => {
      const web = await cloud.run().create(Instance, { ...opened(ops, alice), connection: { agentSocketPath } });
      await cloud.run().update(Instance, web, { ...opened(ops), connection: { agentSocketPath } });
      return await accepts(cloud, web, alice);
    });
    expect(said).toBe("debian no, root no");
  });

  test("The environment's ssh-agent logs in to revoke an imported key", async () => {
    const { publicKeyOpenssh: publicKey } = alice.state;
    const bob = await newPair(cloud.run(), { publicKey, name: "bob" }, "bob");
    const web = await cloud.run().create(Instance, opened(ops, alice));
    await withAgent(ops.state.privateKeyOpenssh ?? "", async (socket) => {
      process.env["SSH_AUTH_SOCK"] = socket;
      try {
        await cloud.run().delete(SshKeyPair, bob);
      } finally {
        delete process.env["SSH_AUTH_SOCK"];
      }
    });
    expect(await accepts(cloud, web, alice)).toBe("debian no, root no");
  });

  test("The port of the connection takes precedence over the provider's", async () => {
    const { account } = cloud.run();
    const connection = { ...opened(ops).connection, port: account.sshPort };
    expect(await closedOver(connection, { sshPort: "1" })).toBe("debian no, root no");
  });

  test("A connection that leaves the program together with a key still takes that key off", async () => {
    const web = await cloud.run().create(Instance, opened(ops, alice));
    const { connection: _, ...without } = opened(ops);
    expect(await cloud.run().failures(Instance, without, web)).toEqual([]);
    await cloud.run().update(Instance, web, without);
    expect(await accepts(cloud, web, alice)).toBe("debian no, root no");
  });

  test("A private key with a passphrase logs in with it", async () => {
    const passphrase = "correct horse";
    const locked = await newPair(cloud.run(), { passphrase }, "locked");
    const web = await cloud.run().create(Instance, { ...opened(locked, alice), connection: { user: "debian" } });
    const connection = { privateKey: locked.state.privateKeyOpenssh, passphrase };
    await cloud.run().update(Instance, web, { ...opened(locked), connection });
    expect(await accepts(cloud, web, alice)).toBe("debian no, root no");
  });

  test("A host key other than the connection's stops the change before anything is sent", async () => {
    const hostKey = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    await expect(closedOver({ ...opened(ops).connection, hostKey })).rejects.toThrow("has changed");
  });
});

describeSshd("through a jump host", () => {
  beforeEach(() => begin("sshd"));

  test("the keys of a machine are changed, and a pair revokes itself", async () => {
    const jump = await cloud.run().create(Instance, { ...opened(ops), name: "jump" });
    const { account } = cloud.run();
    const bastion = { host: jump.state.publicIp, port: account.sshPort, privateKey: ops.state.privateKeyOpenssh };
    const carol = await newPair(cloud.run(), { connection: { bastion } }, "carol");
    const connection = { ...opened(ops).connection, bastion };
    const web = await cloud.run().create(Instance, { ...opened(ops, alice, carol), connection });
    await cloud.run().update(Instance, web, { ...opened(ops, carol), connection });
    await cloud.run().delete(SshKeyPair, carol);
    expect([await accepts(cloud, web, alice), await accepts(cloud, web, carol)]).toEqual([
      "debian no, root no",
      "debian no, root no",
    ]);
  });
});
