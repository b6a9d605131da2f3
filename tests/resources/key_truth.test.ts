import { resources } from "../../provider/resources";
import { describeGuests, describeSshd } from "../emulator/guest_kinds";
import { configureSshd } from "../guest_conditions";
import { newPair, opened, type Pair } from "./machines_with_keys";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance, SshKeyPair } = resources;

afterEach(closeClouds);

let cloud: TestCloud;
let ops: Pair;

async function begin(options: Parameters<typeof startCloud>[0]): Promise<void> {
  cloud = await startCloud(options);
  cloud.emulator.cloud.openSsh();
  ops = await newPair(cloud.run(), {}, "ops");
}

/** A pair with this onDelete, a machine that it opens beside `ops`, and what is said when the pair goes. */
async function world(onDelete: "warn" | "refuse", more: object = {}) {
  const alice = await newPair(cloud.run(), { onDelete, ...more });
  const web = await cloud.run().create(Instance, opened(ops, alice));
  const said = async () => {
    const run = cloud.run();
    await run.delete(SshKeyPair, alice).catch((error: Error) => run.warnings.push(error.message));
    return run.warnings.join("\n");
  };
  return { alice, web, said };
}

/** The default user's file loses the key of `alice`; root's keeps it. */
const CLOSE_FOR_USER = "cd /home/debian/.ssh; grep -v alice authorized_keys >left; cat left >authorized_keys";

describeSshd("on a real sshd", () => {
  test.each(["warn", "refuse"] as const)(
    "onDelete %s does not say refused of a machine that answers for its default user and not for root",
    async (onDelete) => {
      await begin({ guests: "sshd" });
      const { web, said } = await world(onDelete);
      const guest = await cloud.emulator.cloud.guest(web.state.instanceId);
      await guest.asRoot(CLOSE_FOR_USER, "");
      // sshd then ends every connection that asks about root.
      await configureSshd(guest, "Match User root\n  AuthorizedKeysFile .ssh/other\n  MaxAuthTries 1\n");
      expect(await said()).toMatch(/It was installed on web \(.*could not be asked.* has MaxAuthTries 1/);
    },
  );
});

describeGuests((guests) => {
  beforeEach(() => begin({ guests }));

  test.each(["warn", "refuse"] as const)("onDelete %s says that a key still opens a machine", async (onDelete) => {
    const { said } = await world(onDelete);
    expect(await said()).toMatch(/it still opens web \(ch-gva-2, 127\.\S+\)\./);
  });

  test.each(["warn", "refuse"] as const)(
    "onDelete %s reports nothing about a key that was closed in place",
    async (onDelete) => {
      const { web, said } = await world(onDelete);
      await cloud.run().update(Instance, web, opened(ops));
      expect([await said(), cloud.keys()]).toEqual(["", [ops.state.name]]);
    },
  );

  test.each(["warn", "refuse"] as const)(
    "onDelete %s finds in the file that somebody removed the key manually, if another key logs in",
    async (onDelete) => {
      const { web, said } = await world(onDelete, { connection: { privateKey: ops.state.privateKeyOpenssh } });
      const guest = await cloud.emulator.cloud.guest(web.state.instanceId);
      await guest.asRoot(
        "for home in /root /home/debian; do : >$home/empty; grep -v alice $home/.ssh/authorized_keys >$home/empty; cat $home/empty >$home/.ssh/authorized_keys; done",
        "",
      );
      expect([await said(), cloud.keys()]).toEqual(["", [ops.state.name]]);
    },
  );

  test.each(["warn", "refuse"] as const)(
    "onDelete %s names a machine that refuses the key only when asked from here",
    async (onDelete) => {
      const { web, said } = await world(onDelete);
      const guest = await cloud.emulator.cloud.guest(web.state.instanceId);
      await guest.asRoot(
        "for home in /root /home/debian; do grep -v alice $home/.ssh/authorized_keys >$home/left; cat $home/left >$home/.ssh/authorized_keys; done",
        "",
      );
      expect(await said()).toMatch(/Refused when asked from here, which is no proof: web \(/);
    },
  );

  test.each(["warn", "refuse"] as const)(
    "onDelete %s says that a key still opens a machine for root, if only its default user refuses it",
    async (onDelete) => {
      const { web, said } = await world(onDelete);
      const guest = await cloud.emulator.cloud.guest(web.state.instanceId);
      await guest.asRoot(CLOSE_FOR_USER, "");
      expect(await said()).toMatch(/it still opens web \(ch-gva-2, 127\.\S+\)\./);
    },
  );

  test.each(["warn", "refuse"] as const)(
    "onDelete %s says that a key still opens a machine for root, if its connection no longer logs in",
    async (onDelete) => {
      const left = await newPair(cloud.run(), {}, "left");
      const { web, said } = await world(onDelete, { connection: { privateKey: left.state.privateKeyOpenssh } });
      const guest = await cloud.emulator.cloud.guest(web.state.instanceId);
      await guest.asRoot(CLOSE_FOR_USER, "");
      expect(await said()).toMatch(/it still opens web \(ch-gva-2, 127\.\S+\)\./);
    },
  );

  test.each(["warn", "refuse"] as const)(
    "onDelete %s concludes nothing from another machine at the address",
    async (onDelete) => {
      const { web, said } = await world(onDelete);
      const other = await cloud.run().create(Instance, { ...opened(ops), name: "other" });
      await cloud.emulator.guests.swapAddresses(web.state.instanceId, other.state.instanceId);
      expect(await said()).toMatch(/It was installed on web \(.*could not be asked/);
    },
  );

  test.each(["warn", "refuse"] as const)("onDelete %s counts a machine that is down as open", async (onDelete) => {
    const { web, said } = await world(onDelete);
    await cloud.emulator.cloud.stopInstance(web.state.instanceId);
    expect(await said()).toMatch(/It was installed on web \(.*could not be asked/);
  });
});
