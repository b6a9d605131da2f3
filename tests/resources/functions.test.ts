import { functions, resources } from "../../provider/resources";
import { callFunction } from "../../provider/resources/functions/function";
import { alice } from "./known_keys";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { getSshKeyPair, getTemplate, getInstanceType, getZones } = functions;

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(closeClouds);

const account = (zone?: string) => cloud.run(zone === undefined ? {} : { zone }).account;

test("getZones lists the zones in order, without credentials", async () => {
  const { account: stranger } = cloud.run({ apiKey: "", apiSecret: "" });
  expect(await callFunction(getZones, {}, stranger)).toEqual({ zones: ["ch-gva-2", "de-fra-1"] });
});

test("getTemplate returns the user, the smallest disk and whether keys are installed", async () => {
  const template = await callFunction(getTemplate, { zone: "ch-gva-2", template: "Windows Server" }, account());
  expect(template).toMatchObject({
    name: "Windows Server 2022",
    zone: "ch-gva-2",
    defaultUser: "Administrator",
    sshKeyEnabled: false,
    smallestDisk: 50,
    visibility: "public",
  });
});

test("getTemplate finds the account's own templates", async () => {
  const template = await callFunction(getTemplate, { template: "golden-image" }, account("de-fra-1"));
  expect(template).toMatchObject({ zone: "de-fra-1", visibility: "private", smallestDisk: 20 });
});

test("getInstanceType returns the size of a type", async () => {
  const type = await callFunction(getInstanceType, { zone: "ch-gva-2", type: "standard.tiny" }, account());
  expect(type).toMatchObject({ type: "standard.tiny", family: "standard", size: "tiny", cpus: 1, memory: 1024 ** 3 });
});

test("getSshKeyPair returns the fingerprint of a key by its name", async () => {
  cloud.emulator.cloud.swapKey("deploy", alice.line);
  const key = await callFunction(getSshKeyPair, { name: "deploy" }, account());
  expect(key).toEqual({ name: "deploy", publicKeyFingerprintMd5: alice.md5 });
});

describe("A function refuses", () => {
  test.each([
    [
      "a key that the account lacks",
      getSshKeyPair,
      { name: "nobody" },
      'getSshKeyPair: the account has no SSH key "nobody". Register it, or correct the name.',
    ],
    ["an empty key name", getSshKeyPair, { name: "" }, /getSshKeyPair: .*A key name has at least one character/],
    [
      "a key name that no key of the account has, nor can have",
      getSshKeyPair,
      { name: "../x" },
      'getSshKeyPair: the account has no SSH key "../x". Correct the name.',
    ],
    [
      "a missing zone if the stack has none either",
      getTemplate,
      { template: "x" },
      /getTemplate: no zone is given\. .*pulumi config set exoscale-ssh:zone/,
    ],
    [
      "an unknown zone",
      getInstanceType,
      { zone: "x", type: "standard.tiny" },
      'There is no zone "x". The zones are ch-gva-2, de-fra-1.',
    ],
    [
      "an unknown type",
      getInstanceType,
      { zone: "ch-gva-2", type: "a.b" },
      'There is no instance type "a.b" in ch-gva-2.',
    ],
    ["an unknown argument", getZones, { zone: "x" }, /getZones: .*Unrecognized key: "zone"/],
  ])("%s", async (_what, question, inputs, message) => {
    const answer = callFunction(question as typeof getZones, inputs, account());
    await expect(answer).rejects.toThrow(message);
  });
});

test("Every function and resource is in its table under its own name", () => {
  const tables = [...Object.entries(functions), ...Object.entries(resources)];
  expect(tables.map(([name]) => name)).toEqual(tables.map(([, { name }]) => name));
});
