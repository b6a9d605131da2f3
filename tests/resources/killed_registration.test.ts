/** Runs that were killed after they registered a key or made a group, and before Pulumi saved that. */
import { resources } from "../../provider/resources";
import { alice } from "./known_keys";
import { identity } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { SecurityGroup, SshKeyPair } = resources;

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

const groups = async () => (await cloud.run().account.securityGroups.list()).map(({ name }) => name);

describe("A generated key that no state has", () => {
  test("stays in the account, and the next run makes another one", async () => {
    const lost = await cloud.run().create(SshKeyPair, { identity });
    const next = await cloud.run().create(SshKeyPair, { identity });
    expect(next.state.publicKeyOpenssh).not.toBe(lost.state.publicKeyOpenssh);
    expect(cloud.keys()).toEqual([lost.id, next.id].sort());
  });

  test("is refused as taken if the program gave its name, until it is deleted", async () => {
    const lost = await cloud.run().create(SshKeyPair, { name: "alice" });
    await expect(cloud.run().create(SshKeyPair, { name: "alice" })).rejects.toThrow(
      /already has another SSH key under the name "alice".* Choose another name, or delete that key first,.*: exo compute ssh-key delete alice$/,
    );
    await cloud.run().account.sshKeys.remove("alice");
    expect((await cloud.run().create(SshKeyPair, { name: "alice" })).id).toBe(lost.id);
  });
});

test("An imported key that no state has is adopted by the next run, if it says so", async () => {
  const imported = { name: "alice", publicKey: alice.line };
  await cloud.run().create(SshKeyPair, imported);
  await expect(cloud.run().create(SshKeyPair, imported)).rejects.toThrow("Set `adopt: true`");
  await cloud.run().create(SshKeyPair, { ...imported, adopt: true });
  expect(cloud.keys()).toEqual(["alice"]);
});

describe("A group that no state has", () => {
  test("stays in the account, and the next run makes another one", async () => {
    const before = await groups();
    await cloud.run().create(SecurityGroup, { identity });
    await cloud.run().create(SecurityGroup, { identity });
    expect(await groups()).toHaveLength(before.length + 2);
  });

  test("is refused as taken if the program gave its name, and can be imported", async () => {
    const lost = await cloud.run().create(SecurityGroup, { name: "ssh" });
    await expect(cloud.run().create(SecurityGroup, { name: "ssh" })).rejects.toThrow(
      `The account had a security group "ssh" (${lost.id}) before: import it, or choose another name.`,
    );
    const run = cloud.run();
    expect(await SecurityGroup.read(lost.id, undefined, run)).toMatchObject({ id: lost.id });
  });
});
