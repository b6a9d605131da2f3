/** The first change of a machine's keys after its state came from somewhere else than its creation. */
import { resources } from "../../provider/resources";
import { identityDigest } from "../../provider/resources/contract/identity";
import { withLastInputs } from "../../provider/resources/contract/state";
import { describeGuests } from "../emulator/guest_kinds";
import { identity } from "./known_machine";
import {
  accepts,
  closedOnAll,
  type Machine,
  newPair,
  opened,
  openOnAll,
  type Pair,
  reference,
} from "./machines_with_keys";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance, SshKeyPair } = resources;

afterEach(closeClouds);

describeGuests((guests) => {
  let cloud: TestCloud;
  let ops: Pair;
  let leaver: Pair;
  beforeEach(async () => {
    cloud = await startCloud({ guests });
    cloud.emulator.cloud.openSsh();
    ops = await newPair(cloud.run(), {}, "ops");
    leaver = await newPair(cloud.run(), { onDelete: "warn" }, "leaver");
  });

  const created = () => cloud.run().create(Instance, { ...opened(ops, leaver), identity });
  const program = (...pairs: readonly Pair[]) => ({ ...opened(...pairs), identity });

  /** What `pulumi import` brings into a state, and `get`, and the option `import`. */
  async function imported({ id }: Pick<Machine, "id">): Promise<Machine> {
    const found = await Instance.read(id, undefined, cloud.run());
    if (!found) throw new Error(`${id} is gone`);
    return found;
  }

  async function madeByHand(): Promise<Machine> {
    const { id, state } = await created();
    cloud.emulator.cloud.labelInstance(state.instanceId, {});
    return { id, state };
  }

  /** As versions left it that recorded no keys of an imported machine. */
  const withoutRecord = ({ id, state }: Machine): Machine => ({ id, state: { ...state, heldKeys: [] } });

  const ways: Record<string, () => Promise<Machine>> = {
    "a machine made by hand is imported": async () => await imported(await madeByHand()),
    "a machine of another program is imported": async () => await imported(await created()),
    "an imported machine is refreshed": async () =>
      await cloud.run().found(Instance, await imported(await madeByHand())),
    "an older version imported it": async () => withoutRecord(await imported(await madeByHand())),
    "an older version imported it, and this one refreshes it": async () =>
      await cloud.run().found(Instance, withoutRecord(await imported(await madeByHand()))),
    "an old state has no record at all": async () => {
      const { id, state } = await imported(await madeByHand());
      const { heldKeys: _none, ...old } = state;
      return { id, state: old as Machine["state"] };
    },
    "its state is deleted, and it is imported again": async () => {
      const other = await newPair(cloud.run(), {}, "other");
      const first = await cloud.run().create(Instance, program(ops, other));
      return await imported(await cloud.run().update(Instance, first, program(ops, leaver)));
    },
    "a run takes over what an interrupted one has made": async () => {
      const { state } = await created();
      const mark = { "exoscale-ssh.creating": identityDigest(identity) ?? "" };
      cloud.emulator.cloud.labelInstance(state.instanceId, { ...labelsOf(cloud), ...mark });
      return await created();
    },
  };

  /** The first `pulumi up` of a program that describes the machine: nothing to change. */
  async function declared(last: Machine): Promise<Machine> {
    const run = cloud.run();
    const { inputs, failures } = await run.check(Instance, program(ops, leaver), last);
    expect([failures, (await run.diffChecked(Instance, last, inputs)).replaces]).toEqual([[], []]);
    expect((await run.diffChecked(Instance, last, inputs)).changes).not.toContain("sshKeys");
    return { id: last.id, state: withLastInputs(Instance, { ...inputs, ...last.state }, inputs) };
  }

  /** A key that is added over SSH opens the user's account only. */
  const answers = new Map([
    [openOnAll, "open"],
    ["debian yes, root no", "open"],
    [closedOnAll, "closed"],
  ]);

  const doors = async (now: Machine, ...pairs: readonly Pair[]) =>
    (await Promise.all(pairs.map((pair) => accepts(cloud, now, pair)))).map((answer) => answers.get(answer));

  describe.each(Object.entries(ways))("After %s,", (_way, arrive) => {
    let last: Machine;
    beforeEach(async () => {
      last = await declared(await arrive());
    });

    test("a key that is taken out is refused, and its pair is deleted without a warning", async () => {
      const run = cloud.run();
      const now = await run.update(Instance, last, program(ops));
      expect(await doors(now, ops, leaver)).toEqual(["open", "closed"]);
      await run.delete(SshKeyPair, leaver);
      expect([now.state.staleSshKeys, run.warnings]).toEqual([[], []]);
    });

    test("a key that is added is accepted, beside those that the program gives by name", async () => {
      const carol = await newPair(cloud.run(), {}, "carol");
      const sshKeys = [{ name: ops.state.name }, { name: leaver.state.name }, reference(carol)];
      const now = await cloud.run().update(Instance, last, { ...program(ops), sshKeys });
      expect(await doors(now, ops, leaver, carol)).toEqual(["open", "open", "open"]);
    });

    test("one key takes the place of another", async () => {
      const carol = await newPair(cloud.run(), {}, "carol");
      const now = await cloud.run().update(Instance, last, program(ops, carol));
      expect(await doors(now, ops, leaver, carol)).toEqual(["open", "closed", "open"]);
    });

    test("a pair that is replaced under its name is replaced on the machine", async () => {
      const { name } = leaver.state;
      const next = await newPair(cloud.run(), {}, "next");
      cloud.emulator.cloud.swapKey(name, next.state.publicKeyOpenssh ?? "");
      const sshKeys = [reference(ops), { ...reference(next), name }];
      const now = await cloud.run().update(Instance, last, { ...program(ops), sshKeys });
      expect(await doors(now, ops, leaver, next)).toEqual(["open", "closed", "open"]);
    });
  });

  test("A key that an older version left open without a word is taken off once a refresh has seen it", async () => {
    const { id, state } = await imported(await madeByHand());
    const asked = await cloud
      .run()
      .check(Instance, program(ops), { id, state: { ...state, sshKeys: [reference(ops)] } });
    const left = { ...state, ...asked.inputs, heldKeys: [{ ...reference(ops), origin: "ssh" as const }] };
    const last = await cloud.run().found(Instance, { id, state: left as Machine["state"] });
    expect((await cloud.run().diff(Instance, last, program(ops))).drifted).toBe(true);
    const now = await cloud.run().update(Instance, last, program(ops));
    expect([await doors(now, ops, leaver), now.state.keysUnsettled]).toEqual([["open", "closed"], undefined]);
  });

  test("A key that an interrupted first change has added is taken out by the next one", async () => {
    const last = await declared(await imported(await madeByHand()));
    const carol = await newPair(cloud.run(), {}, "carol");
    // No state has this update.
    await cloud.run().update(Instance, last, program(ops, leaver, carol));
    const found = await cloud.run().found(Instance, last);
    expect(found.state.keysUnsettled).toBe(true);
    const now = await cloud.run().update(Instance, found, program(ops, leaver));
    expect(await doors(now, ops, leaver, carol)).toEqual(["open", "open", "closed"]);
  });

  test("Keys that a program gives by their names alone are added if it declares their pairs", async () => {
    const last = await declared(await imported(await madeByHand()));
    const run = cloud.run();
    const carol = await newPair(run, {}, "carol");
    const byName = { ...program(ops), sshKeys: [ops.state.name, carol.state.name] };
    expect(await doors(await run.update(Instance, last, byName), ops, leaver, carol)).toEqual([
      "open",
      "closed",
      "open",
    ]);
  });

  test("A key whose pair was imported by its name is added by the public key that the program gives the pair", async () => {
    const last = await declared(await imported(await madeByHand()));
    const { state } = await newPair(cloud.run(), {}, "carol");
    const bare = await SshKeyPair.read(state.name, undefined, cloud.run());
    if (!bare) throw new Error("It is gone");
    const run = cloud.run();
    await run.check(SshKeyPair, { name: state.name, publicKey: state.publicKeyOpenssh }, bare);
    const sshKeys = [reference(ops), reference(leaver), reference(bare)];
    const now = await run.update(Instance, last, { ...program(ops), sshKeys });
    expect(await doors(now, ops, leaver, { id: bare.id, state })).toEqual(["open", "open", "open"]);
  });

  test("An import of a machine whose keys were changed over SSH declares those that open it", async () => {
    const carol = await newPair(cloud.run(), {}, "carol");
    const changed = await cloud.run().update(Instance, await created(), program(ops, carol));
    const found = await Instance.read(changed.id, undefined, cloud.run());
    expect(found?.inputs.sshKeys).toEqual([{ name: ops.state.name }, { name: carol.state.name }]);
  });

  test("An imported machine that a program made has nothing to settle", async () => {
    const last = await declared(await imported(await created()));
    const { inputs } = await cloud.run().check(Instance, program(ops, leaver), last);
    expect(await cloud.run().diffChecked(Instance, last, inputs)).toMatchObject({ drifted: false });
  });

  describe("A key of first boot that the account no longer has", () => {
    async function withoutLeaver(deletedKeys: "dropped" | "by-name", made: Machine): Promise<Machine> {
      cloud.emulator.cloud.removeKey(leaver.state.name);
      cloud.emulator.cloud.set({ deletedKeys });
      return await imported(made);
    }

    test("and that the API no longer lists is stale, and goes at the first change", async () => {
      const last = await withoutLeaver("dropped", await created());
      const sha256 = Buffer.from(leaver.state.publicKeyFingerprintSha256?.slice("SHA256:".length) ?? "", "base64");
      const name = `SHA-256 ${sha256.toString("hex").slice(0, 16)}...`;
      expect(last.state.staleSshKeys).toContainEqual({ name });
      const carol = await newPair(cloud.run(), {}, "carol");
      const now = await cloud.run().update(Instance, last, program(ops, carol));
      expect(await doors(now, ops, leaver, carol)).toEqual(["open", "closed", "open"]);
      expect(now.state.staleSshKeys).toEqual([]);
    });

    test("and that the API lists by its name alone is stale, and stops a change before it begins", async () => {
      const last = await withoutLeaver("by-name", await madeByHand());
      expect(last.state.staleSshKeys).toEqual([{ name: leaver.state.name }]);
      const before = cloud.changes();
      const change = cloud.run().update(Instance, last, program(ops));
      await expect(change).rejects.toThrow(/It is not known which key "leaver-.*publicKeyOpenssh/);
      expect(cloud.changes()).toEqual(before);
    });

    test("and whose public key the program gives is refused once it is taken out", async () => {
      const last = await declared(await withoutLeaver("by-name", await madeByHand()));
      const now = await cloud.run().update(Instance, last, program(ops));
      expect(await doors(now, ops, leaver)).toEqual(["open", "closed"]);
    });

    test("and whose name another key has is no silent success", async () => {
      const other = await newPair(cloud.run(), {}, "other");
      const last = await withoutLeaver("by-name", await created());
      cloud.emulator.cloud.swapKey(leaver.state.name, other.state.publicKeyOpenssh ?? "");
      const run = cloud.run();
      await run.update(Instance, await imported(last), program(ops));
      expect(run.warnings).toEqual([expect.stringMatching(/Exoscale says .*"leaver-.* no file there has that key/)]);
    });

    test("and whose name another key has is none either if the program gives the other one's public key", async () => {
      const other = await newPair(cloud.run(), {}, "other");
      const { name } = leaver.state;
      const made = await withoutLeaver("by-name", await madeByHand());
      cloud.emulator.cloud.swapKey(name, other.state.publicKeyOpenssh ?? "");
      const last = await imported(made);
      const sshKeys = [reference(ops), { ...reference(other), name }];
      const asked = await cloud.run().update(Instance, last, { ...program(ops), sshKeys });
      const run = cloud.run();
      const now = await run.update(Instance, asked, program(ops));
      expect(await doors(now, ops, leaver)).toEqual(["open", "open"]);
      expect(run.warnings).toEqual([expect.stringMatching(/Exoscale says .*"leaver-.* no file there has that key/)]);
    });
  });
});

function labelsOf(cloud: TestCloud): Record<string, string> {
  return cloud.instance()["labels"] as Record<string, string>;
}
