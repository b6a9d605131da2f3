import { type Emulator, startEmulator } from "../emulated";
import { DynamicProcess, partOf, providerText, settingsFor, unknown, type Wire } from "./dynamic_process";

const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE7hk9PA2LBXGM5fDY9WlzMJKTeqHhYePGdcJGqfvBIe carol@example";
const identity = { organization: "acme", urn: "urn:pulumi:test::shop::alice", name: "alice" };
const pair: Wire = { __provider: providerText("sshKeyPair"), identity };
const machine: Wire = {
  __provider: providerText("instance"),
  identity: { ...identity, name: "web" },
  zone: "ch-gva-2",
  type: "standard.tiny",
  template: "Linux Debian 13",
  diskSize: 10,
};

let emulator: Emulator;
let provider: DynamicProcess;
beforeAll(async () => {
  emulator = await startEmulator({ operationMs: 0, guests: "none", zones: ["ch-gva-2"] });
  provider = await DynamicProcess.configured(emulator);
});
afterAll(async () => {
  await provider.stop();
  await emulator.close();
});

function keysInAccount(): string[] {
  return emulator.cloud.keys.map(({ name }) => name);
}

describe("Configure", () => {
  test("answers that secrets are to come decrypted", async () => {
    expect(await provider.configure(settingsFor(emulator))).toEqual({ acceptsSecrets: false });
  });

  test("is over for everybody when many deletes follow it at once", async () => {
    const made = await Promise.all([1, 2, 3, 4].map(() => provider.up(pair)));
    const other = await DynamicProcess.configured(emulator);
    await Promise.all(made.map(({ id, properties }) => other.delete(id, properties)));
    expect(keysInAccount()).toEqual([]);
    await other.stop();
  });

  test("without credentials lets a check say what to set", async () => {
    const other = await DynamicProcess.start();
    await other.configure({ "exoscale-ssh:endpoint": emulator.endpoint });
    const { failures } = await other.check(pair);
    expect(failures).toEqual([{ property: "", reason: expect.stringContaining("exoscale-ssh:apiKey") }]);
    await other.stop();
  });
});

describe("Check", () => {
  test("names the resource, fills in defaults and keeps the provider's text", async () => {
    const { inputs, failures } = await provider.check(pair);
    const name = expect.stringMatching(/^alice-[0-9a-f]{7}$/);
    const filled = { algorithm: "ed25519", onDelete: "warn", allowLockout: false, adopt: false, autoNamed: true };
    expect(failures).toEqual([]);
    expect(inputs).toEqual({ ...pair, ...filled, name });
  });

  test("keeps the name that it gave before", async () => {
    const { inputs } = await provider.check(pair);
    expect((await provider.check(pair, inputs)).inputs["name"]).toBe(inputs["name"]);
  });

  test("shows a failure at the property that it is about", async () => {
    const { failures } = await provider.check({ ...pair, name: "../x" });
    expect(failures).toEqual([{ property: "name", reason: expect.stringContaining('got "../x"') }]);
  });

  test("shows a failure inside a list at its place", async () => {
    const { failures } = await provider.check({ ...machine, sshKeys: [{ name: "alice" }, { name: "a/b" }] });
    expect(failures.map(({ property }) => property)).toEqual(["sshKeys[1].name"]);
  });

  test("lets unknown values pass as what they are", async () => {
    const sshKeys = [{ name: "alice", publicKeyOpenssh: unknown }];
    const { inputs, failures } = await provider.check({ ...machine, sshKeys, connection: unknown });
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({ sshKeys, connection: unknown });
  });
});

describe("Diff", () => {
  let made: { id: string; inputs: Wire; properties: Wire };
  beforeAll(async () => {
    made = await provider.up(pair);
  });

  test("of the same inputs is none", async () => {
    const { changes } = await provider.diff(made.id, made.properties, made.inputs);
    expect(changes).toBe("none");
  });

  test("of another comment leaves the details to the engine and replaces nothing", async () => {
    const diff = await provider.diff(made.id, made.properties, { ...made.inputs, comment: "new" });
    expect(diff).toEqual({ changes: "unknown", replaces: [], deleteBeforeReplace: false });
  });

  test("of a changed trigger replaces, the new key first", async () => {
    const diff = await provider.diff(made.id, made.properties, { ...made.inputs, triggers: ["2027"] });
    expect(diff).toEqual({ changes: "unknown", replaces: ["triggers"], deleteBeforeReplace: false });
  });

  test("of a value that is not known yet counts as a change", async () => {
    const diff = await provider.diff(made.id, made.properties, { ...made.inputs, triggers: [unknown] });
    expect(diff.replaces).toEqual(["triggers"]);
  });

  test("of a pair with a name of its own replaces delete-first", async () => {
    const named = await provider.up({ ...pair, name: "carol", publicKey });
    const diff = await provider.diff("carol", named.properties, { ...named.inputs, triggers: ["2027"] });
    expect(diff).toEqual({ changes: "unknown", replaces: ["triggers"], deleteBeforeReplace: true });
    emulator.cloud.removeKey("carol");
  });

  test("of a key that vanished from the account is some, though the inputs are the same", async () => {
    const { registeredFingerprintMd5: _gone, ...drifted } = made.properties;
    const diff = await provider.diff(made.id, drifted, made.inputs);
    expect(diff).toEqual({ changes: "some", replaces: [], deleteBeforeReplace: false });
  });

  test("that is refused says why, with a code and without a stack", async () => {
    const named = await provider.up({ ...pair, name: "dave" });
    const refused = provider.diff("dave", named.properties, { ...named.inputs, triggers: ["2027"] });
    await expect(refused).rejects.toThrow(/locked out\..*\[REPLACEMENT_REFUSED\]$/s);
  });
});

describe("Create", () => {
  test("registers the key and answers its id, its state and the provider's text", async () => {
    const { id, properties } = await provider.up(pair);
    expect(keysInAccount()).toContain(id);
    expect(properties).toMatchObject({ ...pair, name: id, algorithm: "ed25519" });
    expect(properties["privateKeyOpenssh"]).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/);
  });

  test("answers nothing that is null, at any depth", async () => {
    const { properties } = await provider.up(machine);
    expect(JSON.stringify(properties)).not.toContain("null");
    expect(properties).toMatchObject({ state: "running", bootSshKeys: [], heldKeys: [], staleSshKeys: [] });
  });

  test("that fails half-way carries what exists, the provider's text included", async () => {
    emulator.faults.add({ method: "POST", path: "/instance", kind: "operation-failure", message: "no capacity" });
    const part = partOf(await rejection(provider.up({ ...machine, name: "half" })));
    const [made] = emulator.cloud.instances().filter(({ name }) => name === "half");
    expect(part.id).toContain(made?.["id"]);
    expect(part.properties).toMatchObject({ __provider: machine["__provider"], name: "half", state: "error" });
    expect(part.reasons).toEqual([expect.stringMatching(/no capacity.*\[CREATED_IN_PART\]$/s)]);
  });

  test("that is refused says what Exoscale said, with a code and without a stack", async () => {
    emulator.faults.add({
      method: "POST",
      path: "/ssh-key",
      kind: "status",
      status: 403,
      body: { message: "Not you" },
    });
    const { message } = await rejection(provider.up(pair));
    expect(message).toMatch(/Exoscale answered 403 to POST \/ssh-key: Not you.*\[API_[A-Z_]+\]$/s);
    expect(message).not.toMatch(/\n\s+at /);
  });
});

describe("Read", () => {
  test("of what has not changed answers state and inputs as they were", async () => {
    const { id, inputs, properties } = await provider.up(pair);
    expect(await provider.read(id, properties)).toEqual({ id, properties, inputs });
  });

  test("of what is gone answers no id, which drops it from the state", async () => {
    const { id, properties } = await provider.up({ ...pair, publicKey });
    emulator.cloud.removeKey(id);
    expect((await provider.read(id, properties)).id).toBe("");
  });

  test("of a pair that is gone keeps the private key, which may open instances still", async () => {
    const { id, properties } = await provider.up(pair);
    emulator.cloud.removeKey(id);
    const { registeredFingerprintMd5: _gone, ...kept } = properties;
    expect((await provider.read(id, properties)).properties).toEqual(kept);
  });

  test("of an id that a program asks for finds what the account has", async () => {
    emulator.cloud.swapKey("carol", publicKey);
    const { id, properties } = await provider.read("carol", pair);
    expect({ id, ...properties }).toMatchObject({ id: "carol", name: "carol", __provider: pair["__provider"] });
  });

  test("of an id that a program asks for and the account lacks is an error", async () => {
    const asked = provider.read("nobody", pair);
    await expect(asked).rejects.toThrow('The account has no SshKeyPair with the id "nobody". [NOT_IN_ACCOUNT]');
  });
});

describe("Update", () => {
  test("keeps the private key and changes what was asked for", async () => {
    const { id, inputs, properties } = await provider.up(pair);
    const updated = await provider.update(id, properties, { ...inputs, onDelete: "refuse" });
    expect(updated.properties).toEqual({ ...properties, onDelete: "refuse" });
  });
});

describe("Delete", () => {
  let nextRun: DynamicProcess;
  beforeAll(async () => {
    nextRun = await DynamicProcess.configured(emulator);
  });
  afterAll(() => nextRun.stop());

  test("takes the key out of the account", async () => {
    const { id, properties } = await provider.up(pair);
    await nextRun.delete(id, properties);
    expect(keysInAccount()).not.toContain(id);
  });

  test("of what is gone already succeeds", async () => {
    const { id, properties } = await provider.up(pair);
    emulator.cloud.removeKey(id);
    await expect(nextRun.delete(id, properties)).resolves.toBeUndefined();
  });

  test("leaves a key that somebody else has put under the name", async () => {
    const { id, properties } = await provider.up(pair);
    emulator.cloud.swapKey(id, publicKey);
    await nextRun.delete(id, properties);
    expect(keysInAccount()).toContain(id);
  });

  test("leaves what the same run has made, which is the new half of a replacement", async () => {
    const { id, properties } = await provider.up(pair);
    await provider.delete(id, properties);
    expect(keysInAccount()).toContain(id);
  });
});

describe("Whatever was asked, all that was answered and printed holds", () => {
  test("no secret of the API", () => {
    expect(provider.transcript).not.toContain(emulator.environment.EXOSCALE_API_SECRET);
  });

  test("no stack trace", () => {
    expect(provider.transcript).toContain("REPLACEMENT_REFUSED");
    expect(provider.transcript).not.toMatch(/(\n|\\n)\s+at .*:\d+:\d+/);
  });
});

async function rejection(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.catch((error: Error) => error);
  if (outcome instanceof Error) return outcome;
  throw new Error("It succeeded.");
}
