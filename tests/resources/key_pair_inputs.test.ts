import { encodePrivateKey } from "../../provider/keys/encode";
import { generatePrivateKey } from "../../provider/keys/generate";
import { resources } from "../../provider/resources";
import { UNKNOWN } from "../../provider/resources/contract/description";
import { alice } from "./known_keys";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { SshKeyPair } = resources;
const identity = { organization: "acme", urn: "urn:pulumi:prod::shop::alice", name: "alice" };
const publicKey = alice.line;

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(closeClouds);

describe("The check of an SshKeyPair passes", () => {
  const fields = Object.keys(SshKeyPair.inputs.shape).filter((name) => name !== "identity" && name !== "autoNamed");

  test.each(fields)("an unknown %s", async (field) => {
    const { inputs, failures } = await cloud.run().check(SshKeyPair, { [field]: UNKNOWN });
    expect(failures.filter(({ property }) => property !== "adopt")).toEqual([]);
    expect(inputs[field]).toBe(UNKNOWN);
  });

  test("partly unknown triggers, unchanged", async () => {
    const { inputs, failures } = await cloud.run().check(SshKeyPair, { triggers: ["2026", UNKNOWN] });
    expect(failures).toEqual([]);
    expect(inputs["triggers"]).toEqual(["2026", UNKNOWN]);
  });

  test("an encrypted private key with an unknown passphrase", async () => {
    const { pem } = await encodePrivateKey(await generatePrivateKey({ algorithm: "ed25519" }), { passphrase: "x" });
    expect(await cloud.run().failures(SshKeyPair, { privateKey: pem, passphrase: UNKNOWN })).toEqual([]);
  });
});

describe("The check of an SshKeyPair fills in", () => {
  test("the defaults of a generated pair", async () => {
    const { inputs } = await cloud.run().check(SshKeyPair, { identity });
    expect(inputs).toEqual({
      name: expect.stringMatching(/^alice-[0-9a-f]{7}$/),
      algorithm: "ed25519",
      onDelete: "warn",
      allowLockout: false,
      adopt: false,
      identity,
      autoNamed: true,
    });
  });

  test.each([
    ["rsa", { rsaBits: 4096 }],
    ["ecdsa", { ecdsaCurve: "P256" }],
  ])("the size of a generated %s key", async (algorithm, size) => {
    const { inputs } = await cloud.run().check(SshKeyPair, { algorithm });
    expect(inputs).toMatchObject({ algorithm, ...size });
  });

  test("no algorithm for an imported key, which has its own", async () => {
    const { inputs } = await cloud.run().check(SshKeyPair, { publicKey });
    expect(inputs).not.toHaveProperty("algorithm");
  });
});
