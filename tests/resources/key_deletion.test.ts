import { resources } from "../../provider/resources";
import { alice, bob } from "./known_keys";
import { machine } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { SshKeyPair, Instance } = resources;

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

async function heldKey(news = {}) {
  const run = cloud.run();
  const key = await run.create(SshKeyPair, { name: "deploy", publicKey: alice.line, ...news });
  const sshKeys = [{ name: "deploy", publicKeyOpenssh: alice.line }];
  const web = await run.create(Instance, { ...machine, sshKeys });
  return { key, web };
}

test("A zone that does not answer is named in a warning and does not stop the deletion", async () => {
  const last = await cloud.run().create(SshKeyPair, { name: "seen" });
  cloud.emulator.faults.add({ kind: "status", status: 403, body: { message: "No access" }, path: "/instance-pool" });
  const run = cloud.run();
  await run.delete(SshKeyPair, last);
  expect(cloud.keys()).not.toContain("seen");
  expect(run.warnings).toEqual([expect.stringMatching(/could not be searched for it: \S+ \(.*No access/)]);
});

test("A key without holders is deleted without a warning", async () => {
  const key = await cloud.run().create(SshKeyPair, {});
  const run = cloud.run();
  await run.delete(SshKeyPair, key);
  expect(cloud.keys()).toEqual([]);
  expect(run.warnings).toEqual([]);
});

test("The deletion of a key that is already gone succeeds", async () => {
  const key = await cloud.run().create(SshKeyPair, {});
  cloud.emulator.cloud.removeKey(key.id);
  await expect(cloud.run().delete(SshKeyPair, key)).resolves.toBeUndefined();
});

test("Another key under the name is not deleted, with a warning", async () => {
  const key = await cloud.run().create(SshKeyPair, { name: "deploy" });
  cloud.emulator.cloud.swapKey("deploy", bob.line);
  const run = cloud.run();
  await run.delete(SshKeyPair, key);
  expect(cloud.emulator.cloud.keys).toMatchObject([{ name: "deploy", fingerprint: bob.md5 }]);
  expect(run.warnings).toEqual([expect.stringMatching(/^SSH key "deploy" in the account is not this stack's/)]);
});

describe("With onDelete warn", () => {
  test.each(["listed", "dropped"] as const)(
    "the instances that hold the key are named, if the API shows deleted keys as %s",
    async (deletedKeys) => {
      cloud.emulator.cloud.set({ deletedKeys });
      const { key, web } = await heldKey();
      const run = cloud.run();
      await run.delete(SshKeyPair, key);
      expect(cloud.keys()).toEqual([]);
      expect(run.warnings).toEqual([
        expect.stringMatching(
          `^SSH key "deploy" is deleted from the account but not revoked: .* web \\(ch-gva-2, ${web.state.publicIp}\\), ` +
            "which could not be asked; expect that it still opens them",
        ),
      ]);
    },
  );

  test("why holders could not be asked is said, and what closes the key with this provider", async () => {
    const { key, web } = await heldKey();
    await cloud.emulator.cloud.stopInstance(web.state.instanceId);
    const run = cloud.run();
    await run.delete(SshKeyPair, key);
    expect(run.warnings).toEqual([expect.stringContaining("still opens them (web: it is stopped). Remove its line")]);
    expect(run.warnings[0]).toMatch(/An Instance with a connection .* sshKeys, and a pair with onDelete: "revoke"/);
  });

  test("a holder is still named after somebody deleted the key and the API no longer lists it", async () => {
    cloud.emulator.cloud.set({ deletedKeys: "dropped" });
    const { key } = await heldKey();
    cloud.emulator.cloud.removeKey("deploy");
    const run = cloud.run();
    await run.delete(SshKeyPair, key);
    expect(run.warnings.join()).toContain("web (ch-gva-2");
  });
});

test("The holders of our key are named even if another key has its name", async () => {
  const { key } = await heldKey();
  cloud.emulator.cloud.swapKey("deploy", bob.line);
  const run = cloud.run();
  await run.delete(SshKeyPair, key);
  expect(run.warnings).toEqual([
    expect.stringContaining("is not this stack's"),
    expect.stringContaining("web (ch-gva-2"),
  ]);
});

describe("With onDelete refuse", () => {
  test("a held key stays registered, and the error names the holders and the remedy", async () => {
    const { key } = await heldKey({ onDelete: "refuse" });
    await expect(cloud.run().delete(SshKeyPair, key)).rejects.toThrow(
      /"deploy" is not deleted \(onDelete: "refuse"\): It was installed on web \(ch-gva-2.*or "warn", run "pulumi up"/,
    );
    expect(cloud.keys()).toEqual(["deploy"]);
  });

  test("a stopped instance counts as holding the key", async () => {
    const { key, web } = await heldKey({ onDelete: "refuse" });
    await cloud.emulator.cloud.stopInstance(web.state.instanceId);
    await expect(cloud.run().delete(SshKeyPair, key)).rejects.toThrow("It was installed on web");
  });

  test("a key that no longer has holders is deleted", async () => {
    const { key, web } = await heldKey({ onDelete: "refuse" });
    await cloud.emulator.cloud.destroyInstance(web.state.instanceId);
    await cloud.run().delete(SshKeyPair, key);
    expect(cloud.keys()).toEqual([]);
  });
});

describe("A key that this run registered", () => {
  test("is not deleted by the second half of its own replacement", async () => {
    const old = await cloud.run().create(SshKeyPair, { name: "deploy", publicKey: alice.line, adopt: true });
    const run = cloud.run();
    await run.create(SshKeyPair, { name: "deploy", publicKey: alice.line, adopt: true });
    await run.delete(SshKeyPair, old);
    expect(cloud.keys()).toEqual(["deploy"]);
  });

  test("is neither reported as deleted nor refused, although an instance holds it", async () => {
    const { key } = await heldKey({ onDelete: "refuse", adopt: true });
    const run = cloud.run();
    await run.create(SshKeyPair, { name: "deploy", publicKey: alice.line, adopt: true });
    await run.delete(SshKeyPair, key);
    expect(run.warnings).toEqual([]);
  });
});
