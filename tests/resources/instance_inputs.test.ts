import { resources } from "../../provider/resources";
import { UNKNOWN } from "../../provider/resources/contract/description";
import { alice } from "./known_keys";
import { machine } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance } = resources;

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(closeClouds);

describe("The check of an Instance passes", () => {
  const fields = Object.keys(Instance.inputs.shape).filter(
    (name) => !["identity", "autoNamed", "owner"].includes(name),
  );

  test.each(fields)("a %s that is not known before the update", async (field) => {
    const { inputs, failures } = await cloud.run().check(Instance, { ...machine, [field]: UNKNOWN });
    expect(failures).toEqual([]);
    expect(inputs[field]).toBe(UNKNOWN);
  });

  test("keys that are not created yet, unknown as a whole or in part", async () => {
    const sshKeys = [UNKNOWN, { name: UNKNOWN }, { name: "alice-0123456", publicKeyOpenssh: UNKNOWN }];
    const { inputs, failures } = await cloud.run().check(Instance, { ...machine, sshKeys });
    expect(failures).toEqual([]);
    expect(inputs["sshKeys"]).toEqual(sshKeys);
  });

  test("a group that is not known before the update, beside one that is known", async () => {
    const securityGroups = [UNKNOWN, "default"];
    expect(await cloud.run().failures(Instance, { ...machine, securityGroups })).toEqual([]);
  });

  test("a key that the instance has and the account no longer has", async () => {
    const run = cloud.run();
    cloud.emulator.cloud.swapKey("deploy", alice.line);
    const news = { ...machine, sshKeys: [{ name: "deploy" }] };
    const last = await run.create(Instance, news);
    cloud.emulator.cloud.removeKey("deploy");
    expect(await cloud.run().failures(Instance, news, last)).toEqual([]);
  });
});

test("The check of an Instance fills in defaults, including the provider's zone and an owner", async () => {
  const { zone: _, ...news } = machine;
  const { inputs } = await cloud.run({ zone: "de-fra-1" }).check(Instance, news);
  expect(inputs).toEqual({
    ...machine,
    zone: "de-fra-1",
    publicIpAssignment: "inet4",
    state: "running",
    replaceOnKeyChange: false,
    waitForSsh: false,
    autoNamed: false,
    owner: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
});
