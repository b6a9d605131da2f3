/** The life of a key with each value of each switch that is not the assumed one: the provider has to work with all. */
import type { Settings } from "../../emulator";
import { functions, resources } from "../../provider/resources";
import { callFunction } from "../../provider/resources/functions/function";
import { Client } from "../emulator/world";
import { alice } from "./known_keys";
import { machine } from "./known_machine";
import { closeClouds, startCloud } from "./world";

const { SshKeyPair, Instance } = resources;

afterEach(closeClouds);

/** Every switch, with values that are not the assumed one. */
const otherValues: { readonly [Name in keyof Settings]: readonly Settings[Name][] } = {
  deletedKeys: ["dropped", "by-name"],
  duplicateMaterial: ["refused"],
  namesOfOneKey: ["first"],
  duplicateName: [400],
  ecdsaKeys: ["refused"],
  securityKeys: ["accepted"],
  smallestRsa: [1024, 4096],
  unknownKeyAtCreate: [400, 409],
  keysWithoutSupport: ["refused"],
  keysInLists: ["hidden"],
  protectedStop: ["refused"],
  privateSwitch: ["refused", "ignored"],
  familyChange: ["refused"],
  groupInUse: [400, 412],
  unrecordedBodies: ["text", "empty"],
  requestsPerSecond: [20],
  longestExpiry: [600],
  clockAhead: [120, -120],
  denied: [["GET /zone"]],
  instanceQuota: [1],
  closedPort: ["silent"],
  clientAddress: ["203.0.113.4"],
};

const flips: Partial<Settings>[] = Object.entries(otherValues).flatMap(([name, values]) =>
  values.map((value) => ({ [name]: value })),
);

describe.each(flips.map((flip) => [JSON.stringify(flip), flip] as const))("With %s", (_text, settings) => {
  test("a key is registered, given to an instance, deleted with a warning, and its holder is always found", async () => {
    const cloud = await startCloud({ settings });
    const holders = async () => {
      const asked = { publicKeyOpenssh: key.state.publicKeyOpenssh };
      const found = await callFunction(functions.getKeyHolders, asked, cloud.run().account);
      return found.holders.map(({ kind, name }) => `${kind} ${name}`);
    };
    const run = cloud.run();
    const key = await run.create(SshKeyPair, { name: "deploy" });
    const sshKeys = [{ name: "deploy", publicKeyOpenssh: key.state.publicKeyOpenssh }];
    const web = await run.create(Instance, { ...machine, sshKeys });
    expect(web.state.bootSshKeys).toEqual([{ name: "deploy", fingerprintMd5: key.state.publicKeyFingerprintMd5 }]);
    expect(await holders()).toEqual(["instance web"]);

    const deletion = cloud.run();
    await deletion.delete(SshKeyPair, key);
    expect(deletion.warnings).toEqual([expect.stringMatching(/deleted from the account but not revoked:.* web \(/)]);
    expect(await holders()).toEqual(["instance web"]);
    const { state } = await cloud.run().found(Instance, web);
    expect(state.staleSshKeys).toEqual([{ name: "deploy", fingerprintMd5: key.state.publicKeyFingerprintMd5 }]);
  });

  test("an instance that somebody else created is found as a holder while the account has the key", async () => {
    const cloud = await startCloud({ settings });
    const client = new Client(cloud.emulator);
    await client.register("alice", alice.line);
    await client.create({ name: "by-hand", "ssh-keys": [{ name: "alice" }] });
    const asked = { publicKeyOpenssh: alice.line };
    const { holders } = await callFunction(functions.getKeyHolders, asked, cloud.run().account);
    expect(holders).toMatchObject([{ name: "by-hand", keyName: "alice", state: "running" }]);
  });
});
