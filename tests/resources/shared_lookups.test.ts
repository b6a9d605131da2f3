/** How many requests many resources make at once, and how old what they learn may be. */
import { resources } from "../../provider/resources";
import { alice } from "./known_keys";
import { machine } from "./known_machine";
import { closeClouds, type Held, type Run, startCloud, type TestCloud } from "./world";

const { Instance, SshKeyPair } = resources;
const ZONES = 2;

type Pair = Awaited<ReturnType<typeof SshKeyPair.create>>;

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

async function createPairs(count: number, news = {}): Promise<Pair[]> {
  const run = cloud.run();
  return await Promise.all(Array.from({ length: count }, () => run.create(SshKeyPair, news)));
}

/** How many requests that read were made to these paths. */
function reads(path: RegExp): number {
  return cloud.emulator.requests.filter((request) => request.method === "GET" && path.test(request.path)).length;
}

async function countReads(path: RegExp, act: () => Promise<unknown>): Promise<number> {
  const before = reads(path);
  await act();
  return reads(path) - before;
}

/** Does something for each, eight at once, as the engine does. */
async function inTurns<T>(items: readonly T[], act: (item: T) => Promise<unknown>): Promise<void> {
  const left = [...items];
  const work = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await act(next);
  };
  await Promise.all(Array.from({ length: 8 }, work));
}

const lists = /^\/v2\/(instance|instance-pool)$/;
const anything = /^\/v2\//;

test("A refresh of a hundred keys makes one request", async () => {
  const pairs = await createPairs(100);
  const run = cloud.run();
  expect(await countReads(anything, () => inTurns(pairs, (pair) => run.found(SshKeyPair, pair)))).toBe(1);
});

test("A hundred deletions list the instances and pools of each zone at most three times, and share lists of keys", async () => {
  const pairs = await createPairs(100);
  const run = cloud.run();
  const before = reads(/^\/v2\/ssh-key$/);
  const requests = await countReads(lists, () => inTurns(pairs, (pair) => run.delete(SshKeyPair, pair)));
  expect(requests).toBeLessThanOrEqual(3 * 2 * ZONES);
  expect(reads(/^\/v2\/ssh-key$/) - before).toBeLessThanOrEqual(50);
  expect(cloud.keys()).toEqual([]);
});

/** Holds the answers to lists of instances until all of the calls have begun. */
async function whileListIsUnderWay(run: Run, first: Held<Pair["state"]>, then: () => Promise<void>): Promise<void> {
  const before = reads(/^\/v2\/instance$/);
  cloud.emulator.faults.add({ kind: "delay", ms: 300, method: "GET", path: "/instance", times: ZONES });
  const deletion = run.delete(SshKeyPair, first);
  while (reads(/^\/v2\/instance$/) < before + ZONES) await new Promise((resolve) => setTimeout(resolve, 5));
  await then();
  await deletion;
}

test("A deletion that comes while a list is under way learns what happened since", async () => {
  const [first, second] = await createPairs(2);
  if (!first || !second) throw new Error("There are no pairs");
  const [run, other] = [cloud.run(), cloud.run()];
  await whileListIsUnderWay(run, first, async () => {
    const sshKeys = [{ name: second.state.name }];
    await other.create(Instance, { ...machine, sshKeys });
    await run.delete(SshKeyPair, second);
  });
  expect(run.warnings).toEqual([expect.stringMatching(/installed on web \(/)]);
});

test("One deletion after another learns of what another run has just made", async () => {
  const [first, second] = await createPairs(2);
  if (!first || !second) throw new Error("There are no pairs");
  const run = cloud.run();
  await run.delete(SshKeyPair, first);
  await cloud.run().create(Instance, { ...machine, sshKeys: [{ name: second.state.name }] });
  await run.delete(SshKeyPair, second);
  expect(run.warnings).toEqual([expect.stringMatching(/installed on web \(/)]);
});

test("One of many deletions learns of an instance that the same run has made", async () => {
  const [second, ...others] = await createPairs(20);
  if (!second) throw new Error("There are no pairs");
  const run = cloud.run();
  await inTurns(others, (pair) => run.delete(SshKeyPair, pair));
  await run.create(Instance, { ...machine, sshKeys: [{ name: second.state.name }] });
  await run.delete(SshKeyPair, second);
  expect(run.warnings).toEqual([expect.stringMatching(/installed on web \(/)]);
});

test("One of many deletions leaves a key that somebody has just registered under the name", async () => {
  const [last, ...others] = await createPairs(20);
  if (!last) throw new Error("There are no pairs");
  const run = cloud.run();
  await inTurns(others, (pair) => run.delete(SshKeyPair, pair));
  cloud.emulator.cloud.swapKey(last.state.name, alice.line);
  await run.delete(SshKeyPair, last);
  expect(cloud.keys()).toEqual([last.state.name]);
  expect(run.warnings).toEqual([expect.stringMatching(/is not this stack's/)]);
});

test.each(["refuse", "revoke"])(
  "A deletion with onDelete %s learns of what another run has just made",
  async (onDelete) => {
    const [first] = await createPairs(1);
    const [second] = await createPairs(1, { onDelete });
    if (!first || !second) throw new Error("There are no pairs");
    const run = cloud.run();
    await run.delete(SshKeyPair, first);
    await cloud.run().create(Instance, { ...machine, sshKeys: [{ name: second.state.name }] });
    await expect(run.delete(SshKeyPair, second)).rejects.toThrow(/web( \(| {2})ch-gva-2/);
    expect(cloud.keys()).toEqual([second.state.name]);
  },
);

test("A key that this run has deleted is gone for its next refresh, and back if it is registered again", async () => {
  const pair = await cloud.run().create(SshKeyPair, { name: "deploy", publicKey: alice.line });
  const other = await cloud.run().create(SshKeyPair, {});
  const run = cloud.run();
  await run.found(SshKeyPair, pair);
  await run.delete(SshKeyPair, pair);
  await run.found(SshKeyPair, other);
  expect(await run.read(SshKeyPair, pair)).toBeUndefined();
  const again = await run.create(SshKeyPair, { name: "deploy", publicKey: alice.line });
  expect((await run.found(SshKeyPair, again)).state.registeredFingerprintMd5).toBe(alice.md5);
});

describe("Eight instances that are created at once", () => {
  const one = /^\/v2\/instance\/[0-9a-f-]+$/;
  const list = /^\/v2\/instance$/;

  async function createInstances() {
    cloud.emulator.cloud.swapKey("alice", alice.line);
    const run = cloud.run();
    const names = Array.from({ length: 8 }, (_, index) => `web-${index}`);
    const news = (name: string) => ({ ...machine, name, sshKeys: [{ name: "alice", publicKeyOpenssh: alice.line }] });
    const held = await Promise.all(names.map((name) => run.create(Instance, news(name))));
    for (const { state } of held) {
      expect(state).toMatchObject({
        state: "running",
        user: "debian",
        bootSshKeys: [{ name: "alice" }],
        staleSshKeys: [],
      });
    }
    return run;
  }

  test("are read in a few lists, and lose their marks after one more", async () => {
    let run: Run | undefined;
    expect(await countReads(one, async () => (run = await createInstances()))).toBe(0);
    expect(reads(list)).toBeLessThanOrEqual(6);
    expect(await countReads(list, async () => await run?.finish())).toBe(1);
    expect(reads(one)).toBe(0);
  });

  test("are read one by one if the list does not show their keys", async () => {
    cloud.emulator.cloud.set({ keysInLists: "hidden" });
    expect(await countReads(one, createInstances)).toBe(8);
  });
});
