/** What is said of a change of keys: who loses and who gains access, before, meanwhile and after. */
import { resources } from "../../provider/resources";
import { UNKNOWN } from "../../provider/resources/contract/description";
import { newPair, opened, type Pair, reference } from "./machines_with_keys";
import { refusal } from "./reachable_host";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance, SshKeyPair } = resources;

let cloud: TestCloud;
let ops: Pair;
let bob: Pair;
let eve: Pair;
beforeEach(async () => {
  cloud = await startCloud({ guests: "ssh2", zones: ["ch-gva-2"] });
  cloud.emulator.cloud.openSsh();
  ops = await newPair(cloud.run(), {}, "ops");
  bob = await newPair(cloud.run(), { onDelete: "warn" }, "bob");
  eve = await newPair(cloud.run(), {}, "eve");
});
afterEach(closeClouds);

const machineOf = async (name: string, ...pairs: Pair[]) =>
  await cloud.run().create(Instance, { ...opened(...pairs), name, identity: identityOf(name) });
const identityOf = (name: string) => ({ organization: "o", urn: `urn:pulumi:dev::p::t::${name}`, name });
const withKeys = (name: string, ...pairs: Pair[]) => ({ ...opened(...pairs), name, identity: identityOf(name) });
const nameOf = ({ state }: Pair) => state.name;

describe("A diff says who will lose and who will gain access", () => {
  /** The lines for a machine that Bob and ops open, whose list of keys becomes this one. */
  async function lines(sshKeys: unknown) {
    const web = await machineOf("web", bob, ops);
    const run = cloud.run();
    const { inputs } = await run.check(Instance, withKeys("web", ops, bob), web);
    await run.diffChecked(Instance, web, { ...inputs, sshKeys });
    return run.notes;
  }

  test("by the key, also if the others moved", async () => {
    expect(await lines([reference(eve), reference(ops)])).toEqual([
      `SSH key "${nameOf(bob)}" will lose access to instance "web".`,
      `SSH key "${nameOf(eve)}" will gain access to instance "web".`,
    ]);
  });

  test("and that a key that is not known yet gains it", async () => {
    expect(await lines([reference(ops), { name: UNKNOWN, publicKeyOpenssh: UNKNOWN }])).toEqual([
      `SSH key "${nameOf(bob)}" may lose access to instance "web".`,
      'A key that is not known yet will gain access to instance "web".',
    ]);
  });

  test("with fingerprints, if another key has the same name", async () => {
    expect(await lines([reference(ops), { ...reference(eve), name: nameOf(bob) }])).toEqual([
      `SSH key "${nameOf(bob)}" (${bob.state.publicKeyFingerprintSha256}) will lose access to instance "web".`,
      `SSH key "${nameOf(bob)}" (${eve.state.publicKeyFingerprintSha256}) will gain access to instance "web".`,
    ]);
  });

  test.each([
    ["the keys are the same in another order", () => [reference(ops), reference(bob)]],
    ["the list is not known", () => UNKNOWN],
  ])("and nothing if %s", async (_what, sshKeys) => {
    expect(await lines(sshKeys())).toEqual([]);
  });
});

test("An update names the keys in each step, and who is accepted and refused at the end", async () => {
  const web = await machineOf("web", ops, bob);
  const run = cloud.run();
  await run.update(Instance, web, withKeys("web", ops, eve));
  expect(run.notes).toEqual([
    'Instance "web": logging in.',
    `Instance "web": adding the new key: ${nameOf(eve)}.`,
    `Instance "web": proving that the new key is accepted: ${nameOf(eve)}.`,
    `Instance "web": removing the old key: ${nameOf(bob)}.`,
    `Instance "web": proving that the old key is refused: ${nameOf(bob)}.`,
    `Instance "web" accepts ${nameOf(eve)}.`,
    `Instance "web" refuses ${nameOf(bob)}.`,
  ]);
});

test("Two keys that leave are both named", async () => {
  const web = await machineOf("web", ops, bob, eve);
  const run = cloud.run();
  await run.update(Instance, web, withKeys("web", ops));
  expect(run.notes).toContain(`Instance "web": removing the old keys: ${nameOf(bob)}, ${nameOf(eve)}.`);
});

test("The error about the last keys names them and the instance", async () => {
  const web = await machineOf("web", bob, eve);
  const said = await refusal(cloud.run().update(Instance, web, { ...withKeys("web", bob), sshKeys: [] }));
  expect(said).toContain(`${nameOf(bob)} (${bob.state.publicKeyFingerprintSha256}), ${nameOf(eve)} (SHA256:`);
  expect(said).toMatch(/are the last keys known to open debian@127\.\S+ \(instance "web"\), so they were not removed/);
});

describe("The deletion of a pair says which machines refuse it", () => {
  test.each(["warn", "revoke"] as const)("with onDelete %s", async (onDelete) => {
    for (const name of ["web1", "web2", "db1"]) {
      const last = await machineOf(name, ops, bob);
      if (onDelete === "warn") await cloud.run().update(Instance, last, withKeys(name, ops));
    }
    const run = cloud.run();
    await run.delete(SshKeyPair, { ...bob, state: { ...bob.state, onDelete } });
    expect([run.notes.at(-1), run.warnings]).toEqual([`web1, web2, db1 refuse ${nameOf(bob)} (3 of 3)`, []]);
  });

  test.each(["warn", "revoke"] as const)(
    "also those that got it after their first boot and were closed in the same run, with onDelete %s",
    async (onDelete) => {
      const [web1, web2] = [await machineOf("web1", ops), await machineOf("web2", ops, bob)];
      const added = await cloud.run().update(Instance, web1, withKeys("web1", ops, bob));
      const run = cloud.run();
      await run.update(Instance, added, withKeys("web1", ops));
      await run.update(Instance, web2, withKeys("web2", ops));
      const state = { ...bob.state, onDelete };
      await run.delete(SshKeyPair, { ...bob, state });
      expect([run.notes.at(-1), run.warnings]).toEqual([`web2, web1 refuse ${nameOf(bob)} (2 of 2)`, []]);
    },
  );

  test("also if others are not proven to, which a warning names", async () => {
    const web1 = await machineOf("web1", ops, bob);
    await machineOf("web2", ops, bob);
    await cloud.run().update(Instance, web1, withKeys("web1", ops));
    const run = cloud.run();
    await run.delete(SshKeyPair, bob);
    expect(run.notes).toContain(`web1 refuses ${nameOf(bob)} (1 of 2)`);
    expect(run.warnings).toEqual([expect.stringMatching(/it still opens web2 \(/)]);
  });
});

test("An update that fails says where the key still gets in, although its pair's deletion is not reached", async () => {
  const [web1, web2] = [await machineOf("web1", ops, bob), await machineOf("web2", ops, bob)];
  await machineOf("db1", ops, bob);
  await cloud.run().update(Instance, web1, withKeys("web1", ops));
  await cloud.emulator.guests.fault(web2.state.instanceId, { kind: "refused" });
  const said = await refusal(cloud.run().update(Instance, web2, withKeys("web2", ops)));
  expect(said).toContain(`SSH key "${nameOf(bob)}" still gets in where it is not proven closed, which is on 2 of 3:`);
  expect(said).toMatch(/^ {2}web2 {2}ch-gva-2 {2}127\.\S+ +This change failed\.$/im);
  expect(said).toMatch(/^ {2}db1 {3}ch-gva-2 {2}127\.\S+ +is not proven closed\.$/m);
  expect(said).not.toMatch(/^ {2}web1/m);
});

test("An update that fails while two keys are to leave has a table for each, on lines of its own", async () => {
  const web = await machineOf("web", ops, bob, eve);
  await cloud.emulator.guests.fault(web.state.instanceId, { kind: "refused" });
  const said = await refusal(cloud.run().update(Instance, web, withKeys("web", ops)));
  const [first, ...others] = said.split("\n").filter((line) => line.includes(" still gets in "));
  expect(first).toContain(`SSH key "${nameOf(bob)}"`);
  expect(others).toEqual([expect.stringMatching(`^SSH key "${nameOf(eve)}" still gets in `)]);
});
