import { resources } from "../../provider/resources";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { SshKeyPair, SecurityGroup } = resources;
const identity = { organization: "acme", urn: "urn:pulumi:prod::shop::alice", name: "alice" };
const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKnLsepd+7YiQJAbcWeNymRpAtHBGYhxKYrEhfVktj9E";

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

describe("A creation names what a killed run may have left", () => {
  test("a key with a name as it gets one, and how to delete it", async () => {
    for (const name of ["alice-1a2b3c4", "alice-2", "bob-1a2b3c4"]) cloud.emulator.cloud.swapKey(name, publicKey);
    const run = cloud.run();
    await run.create(SshKeyPair, { identity });
    const [line = ""] = run.notes;
    expect(line).toContain("SSH keys with names as this resource gets them: alice-1a2b3c4. An interrupted run may");
    expect(line).toContain("exo compute ssh-key delete NAME");
    expect(cloud.keys()).toContain("alice-1a2b3c4");
  });

  test("and not all of them, if many stacks have a resource of that name", async () => {
    for (const digit of "1234567") cloud.emulator.cloud.swapKey(`alice-000000${digit}`, publicKey);
    const run = cloud.run();
    await run.create(SshKeyPair, { identity });
    expect(run.notes.join()).toContain("alice-0000004, alice-0000005 and 2 more. An interrupted");
  });

  test("a security group", async () => {
    await cloud.run().create(SecurityGroup, { name: "alice-1a2b3c4" });
    const run = cloud.run();
    await run.create(SecurityGroup, { identity });
    expect(run.notes.join()).toContain("security groups with names as this resource gets them: alice-1a2b3c4.");
  });
});

describe("It names none", () => {
  test("that this run has shown to be in the state, such as the pair that it replaces", async () => {
    const last = await cloud.run().create(SshKeyPair, { identity });
    const run = cloud.run();
    await run.diff(SshKeyPair, last, { identity, triggers: ["2"] });
    await run.create(SshKeyPair, { identity, triggers: ["2"] });
    expect(run.notes).toEqual([]);
  });

  test("that another resource of the program has, with the same name in another component", async () => {
    const run = cloud.run();
    const other = { ...identity, urn: "urn:pulumi:prod::shop::site$alice" };
    for (const each of [identity, other]) await run.create(SecurityGroup, { identity: each });
    expect(run.notes).toEqual([]);
  });

  test("if the program gives the name", async () => {
    cloud.emulator.cloud.swapKey("alice-1a2b3c4", publicKey);
    const run = cloud.run();
    await run.create(SshKeyPair, { identity, name: "alice" });
    expect(run.notes).toEqual([]);
  });
});
