import { SshKeyPair, type SshKeyPairArgs } from "pulumi-exoscale-ssh";
import { generatePrivateKey } from "../../provider/keys/generate";
import { useStack } from "./use_stack";

jest.setTimeout(120_000);

const { emulator, stack } = useStack({ guests: "none" });

/** How a state writes a secret. */
const encrypted = expect.objectContaining({ ciphertext: expect.any(String) });

const names = () => emulator.cloud.keys.map(({ name }) => name);

const deploy = (args: SshKeyPairArgs) => async () => {
  const deploy = new SshKeyPair("deploy", args);
  return { name: deploy.name, privateKey: deploy.privateKeyOpenssh, fingerprint: deploy.publicKeyFingerprintMd5 };
};

describe("a generated pair, from the first up to destroy", () => {
  let first: Record<string, unknown>;

  test("is registered under a generated name with its fingerprint", async () => {
    first = await stack.up(deploy({ formats: ["pem"] }));
    expect(first["name"]).toMatch(/^deploy-[0-9a-f]{7}$/);
    expect(emulator.cloud.keys).toMatchObject([{ name: first["name"], fingerprint: first["fingerprint"] }]);
  });

  test("has its private key encrypted in the state and masked in the output", async () => {
    const { privateKeyOpenssh, privateKeyPem } = stack.state()["deploy"]?.outputs ?? {};
    expect([privateKeyOpenssh, privateKeyPem]).toEqual([encrypted, encrypted]);
    expect(stack.output).toContain("privateKey : [secret]");
  });

  test("has nothing to change in a second preview", async () => {
    expect(await stack.preview(deploy({ formats: ["pem"] }))).toEqual({ same: 2 });
  });

  test("keeps its key when comment and onDelete change", async () => {
    const outputs = await stack.up(deploy({ comment: "the deploy robot", onDelete: "refuse" }));
    expect(outputs).toMatchObject({ name: first["name"], fingerprint: first["fingerprint"] });
    expect(stack.state()["deploy"]?.outputs).toMatchObject({
      publicKeyOpenssh: expect.stringMatching(/^ssh-ed25519 \S+ the deploy robot$/),
    });
  });

  test("keeps its key when a passphrase is set and removed", async () => {
    stack.expectHidden("correct horse battery staple");
    await stack.up(deploy({ comment: "x", passphrase: "correct horse battery staple" }));
    const outputs = await stack.up(deploy({ comment: "x" }));
    expect(outputs["fingerprint"]).toBe(first["fingerprint"]);
    first = outputs;
  });

  test("stays in the state if it is gone from the account, and is registered again", async () => {
    emulator.cloud.removeKey(String(first["name"]));
    await stack.refresh();
    const again = await stack.up(deploy({ comment: "x" }));
    expect(again).toEqual(first);
    expect(names()).toEqual([first["name"]]);
  });

  test("is updated with a rotated API secret", async () => {
    emulator.rotateSecret("a-new-secret-after-the-rotation");
    stack.setEnvironment(emulator.environment);
    stack.expectHidden("a-new-secret-after-the-rotation");
    expect(await stack.up(deploy({ comment: "y" }))).toMatchObject({ name: first["name"] });
  });

  test("is replaced when its triggers change, and the old key is deleted last", async () => {
    const before = emulator.requests.length;
    const second = await stack.up(deploy({ comment: "y", triggers: ["2026-12"] }));
    expect(second["fingerprint"]).not.toBe(first["fingerprint"]);
    const changes = emulator.requests.slice(before).filter(({ method }) => method !== "GET");
    expect(changes.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /v2/ssh-key",
      `DELETE /v2/ssh-key/${first["name"]}`,
    ]);
    first = second;
  });

  test("is replaced by a new key when it is tainted", async () => {
    await stack.taint("deploy");
    const third = await stack.up(deploy({ comment: "y", triggers: ["2026-12"] }));
    expect(third["fingerprint"]).not.toBe(first["fingerprint"]);
    expect(names()).toEqual([third["name"]]);
    first = third;
  });

  test("keeps its private key if somebody registered another key under its name, and says what to do", async () => {
    const stranger = (await generatePrivateKey({ algorithm: "ed25519" })).publicKey();
    emulator.cloud.swapKey(String(first["name"]), stranger.openssh);
    await stack.refresh();
    const program = deploy({ comment: "y", triggers: ["2026-12"] });
    expect(await stack.failure(stack.up(program))).toContain(`fingerprint is ${stranger.fingerprintMd5}`);
    emulator.cloud.removeKey(String(first["name"]));
    expect(await stack.up(program)).toEqual(first);
  });

  test("is gone from the account after destroy", async () => {
    await stack.destroy();
    expect(names()).toEqual([]);
  });
});

describe("an imported key with a given name", () => {
  let publicKey: string;

  beforeAll(async () => {
    publicKey = (await generatePrivateKey({ algorithm: "ed25519" })).publicKey("bob").openssh;
  });

  test("is adopted from the account only with adopt: true", async () => {
    emulator.cloud.swapKey("bob", publicKey);
    expect(await stack.failure(stack.up(deploy({ name: "bob", publicKey })))).toContain(
      "Set `adopt: true` to take it over",
    );
    expect(await stack.up(deploy({ name: "bob", publicKey, adopt: true }))).toMatchObject({ name: "bob" });
  });

  test("is still registered after it was tainted and replaced by itself", async () => {
    await stack.taint("deploy");
    await stack.up(deploy({ name: "bob", publicKey, adopt: true }));
    expect(names()).toEqual(["bob"]);
  });

  test("is not changed by another line break, and is updated in place with another comment", async () => {
    expect(await stack.preview(deploy({ name: "bob", publicKey: `${publicKey}\n`, adopt: true }))).toEqual({ same: 2 });
    const renamed = deploy({ name: "bob", publicKey: publicKey.replace(/bob$/, "robert"), adopt: true });
    expect(await stack.preview(renamed)).toEqual({ same: 1, update: 1 });
    await stack.destroy();
  });
});
