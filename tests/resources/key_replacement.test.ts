import { resources } from "../../provider/resources";
import { UNKNOWN } from "../../provider/resources/contract/description";
import { alice, bob } from "./known_keys";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { SshKeyPair } = resources;

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

describe("A pair with a generated name", () => {
  test("is replaced on new triggers while the old one exists, with a warning", async () => {
    const last = await cloud.run().create(SshKeyPair, { triggers: ["2026"] });
    const run = cloud.run();
    const diff = await run.diff(SshKeyPair, last, { triggers: ["2027"] });
    expect(diff).toMatchObject({ replaces: ["triggers"], deleteBeforeReplace: false });
    expect(run.warnings).toEqual([
      `SSH key "${last.id}" will be replaced (triggers). Instances of this program that list it in sshKeys, and have a ` +
        "connection, change to the new key. Every other machine that holds the old key keeps accepting it: deleting a " +
        'key from the account does not revoke it. To close it there too, first set onDelete: "revoke" and run "pulumi ' +
        'up", then replace the key. Its private key leaves the state: if a machine accepts no other key, save it first.',
    ]);
  });

  test("is not deleted while another machine accepts it, says the warning, if onDelete refuses that", async () => {
    const last = await cloud.run().create(SshKeyPair, { triggers: ["2026"], onDelete: "refuse" });
    const run = cloud.run();
    await run.diff(SshKeyPair, last, { triggers: ["2027"], onDelete: "refuse" });
    expect(run.warnings).toEqual([
      expect.stringMatching(
        /keeps accepting it, and then the old key is not deleted \(onDelete: "refuse"\)\. To close/,
      ),
    ]);
  });

  test("is replaced when it gets a name of its own", async () => {
    const last = await cloud.run().create(SshKeyPair, {});
    const diff = await cloud.run().diff(SshKeyPair, last, { name: "deploy" });
    expect(diff).toMatchObject({ replaces: ["name"], deleteBeforeReplace: false });
  });
});

describe("A pair with a name of its own", () => {
  test.each([
    ["triggers", { triggers: ["now"] }],
    ["algorithm", { algorithm: "ecdsa" }],
    ["publicKey", { publicKey: bob.line }],
    ["publicKey", { publicKey: UNKNOWN }],
  ])("refuses to be replaced for its %s, and names the remedies", async (property, news) => {
    const last = await cloud.run().create(SshKeyPair, { name: "deploy" });
    const diff = cloud.run().diff(SshKeyPair, last, { name: "deploy", ...news });
    await expect(diff).rejects.toThrow(
      new RegExp(
        `^Changing .*${property}.* replaces SSH key "deploy".*Remove name.*give the new pair another name.*allowLockout: true`,
      ),
    );
  });

  test("is deleted before its replacement is created, with allowLockout", async () => {
    const last = await cloud.run().create(SshKeyPair, { name: "deploy" });
    const diff = await cloud.run().diff(SshKeyPair, last, { name: "deploy", triggers: [1], allowLockout: true });
    expect(diff).toMatchObject({ replaces: ["triggers"], deleteBeforeReplace: true });
  });

  test("that is only a public key is replaced, because this locks nobody out", async () => {
    const last = await cloud.run().create(SshKeyPair, { name: "deploy", publicKey: alice.line });
    const diff = await cloud.run().diff(SshKeyPair, last, { name: "deploy", publicKey: bob.line });
    expect(diff).toMatchObject({ replaces: ["publicKey"], deleteBeforeReplace: true });
  });

  test("exists beside a replacement that has another name", async () => {
    const last = await cloud.run().create(SshKeyPair, { name: "deploy" });
    const diff = await cloud.run().diff(SshKeyPair, last, { name: "deploy-2" });
    expect(diff).toMatchObject({ replaces: ["name"], deleteBeforeReplace: false });
  });

  test("is not replaced for a change that is made in place", async () => {
    const last = await cloud.run().create(SshKeyPair, { name: "deploy" });
    const run = cloud.run();
    const news = { name: "deploy", comment: UNKNOWN, passphrase: UNKNOWN, onDelete: "refuse" };
    expect((await run.diff(SshKeyPair, last, news)).replaces).toEqual([]);
    expect(run.warnings).toEqual([]);
  });
});
