import { type Emulator, startEmulator } from "../emulated";
import { end } from "./end";
import { plugin } from "./plugin_resources";
import { TestStack } from "./stack";

jest.setTimeout(120_000);

let emulator: Emulator;
let stack: TestStack;

beforeAll(async () => {
  emulator = await startEmulator({ operationMs: 20, guests: "none", zones: ["ch-gva-2"] });
  stack = await TestStack.create(emulator);
});

afterAll(async () => await end(stack, emulator));

/** How a state writes a secret. */
const encrypted = expect.objectContaining({ ciphertext: expect.any(String) });

const deploy = (args: object) => async () => {
  const deploy = plugin("SshKeyPair", "deploy", args);
  return {
    name: deploy["name"],
    privateKey: deploy["privateKeyOpenssh"],
    fingerprint: deploy["publicKeyFingerprintMd5"],
  };
};

describe("a pair of the plugin, from the first up to destroy", () => {
  let first: Record<string, unknown>;

  test("is registered under a generated name with its fingerprint", async () => {
    first = await stack.up(deploy({}));
    expect(first["name"]).toMatch(/^deploy-[0-9a-f]{7}$/);
    expect(emulator.cloud.keys).toMatchObject([{ name: first["name"], fingerprint: first["fingerprint"] }]);
  });

  test("has its private key encrypted in the state and masked in the output", async () => {
    const { privateKeyOpenssh, privateKeyPem } = stack.state()["deploy"]?.outputs ?? {};
    expect([privateKeyOpenssh, privateKeyPem]).toEqual([encrypted, encrypted]);
    expect(stack.output).toContain("privateKey : [secret]");
  });

  test("has nothing to change in a second preview", async () => {
    expect(await stack.preview(deploy({}))).toEqual({ same: 2 });
  });

  test("keeps its key when comment and onDelete change", async () => {
    const outputs = await stack.up(deploy({ comment: "the deploy robot", onDelete: "refuse" }));
    expect(outputs).toMatchObject({ name: first["name"], fingerprint: first["fingerprint"] });
  });

  test("is destroyed", async () => {
    await stack.up(deploy({ comment: "the deploy robot", onDelete: "warn" }));
    await stack.destroy();
    expect(emulator.cloud.keys).toEqual([]);
  });
});
