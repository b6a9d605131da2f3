import { type Emulator, startEmulator } from "../emulated";
import { DynamicProcess, providerText, savedObjectIn, settingsFor, unknown, type Wire } from "./dynamic_process";

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
  test("requests decrypted secrets", async () => {
    expect(await provider.configure(settingsFor(emulator))).toEqual({ acceptsSecrets: false });
  });

  test("applies to every call when many deletes follow it at once", async () => {
    const made = await Promise.all([1, 2, 3, 4].map(() => provider.up(pair)));
    const other = await DynamicProcess.configured(emulator);
    await Promise.all(made.map(({ id, properties }) => other.delete(id, properties)));
    expect(keysInAccount()).toEqual([]);
    await other.stop();
  });

  test("without credentials succeeds, and the next check says what to set", async () => {
    const other = await DynamicProcess.start();
    await other.configure({ "exoscale-ssh:endpoint": emulator.endpoint });
    const { failures } = await other.check(pair);
    expect(failures).toEqual([{ property: "", reason: expect.stringContaining("exoscale-ssh:apiKey") }]);
    await other.stop();
  });
});

describe("Check", () => {
  test("names the resource, fills in defaults and keeps the provider text", async () => {
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

  test("reports a failure at its property", async () => {
    const { failures } = await provider.check({ ...pair, name: "../x" });
    expect(failures).toEqual([{ property: "name", reason: expect.stringContaining('got "../x"') }]);
  });

  test("reports a failure inside a list at its path", async () => {
    const { failures } = await provider.check({ ...machine, sshKeys: [{ name: "alice" }, { name: "" }] });
    expect(failures.map(({ property }) => property)).toEqual(["sshKeys[1].name"]);
  });

  test("accepts unknown values, and returns them as unknown", async () => {
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

  test("of the same inputs finds no change", async () => {
    const { changes } = await provider.diff(made.id, made.properties, made.inputs);
    expect(changes).toBe("none");
  });

  test("of another comment leaves the details to the engine, and replaces nothing", async () => {
    const diff = await provider.diff(made.id, made.properties, { ...made.inputs, comment: "new" });
    expect(diff).toEqual({ changes: "unknown", replaces: [], deleteBeforeReplace: false });
  });

  test("of a changed trigger replaces the pair, and creates the new key first", async () => {
    const diff = await provider.diff(made.id, made.properties, { ...made.inputs, triggers: ["2027"] });
    expect(diff).toEqual({ changes: "unknown", replaces: ["triggers"], deleteBeforeReplace: false });
  });

  test("of an unknown value finds a change", async () => {
    const diff = await provider.diff(made.id, made.properties, { ...made.inputs, triggers: [unknown] });
    expect(diff.replaces).toEqual(["triggers"]);
  });

  test("of a pair that the program names deletes the old key first", async () => {
    const named = await provider.up({ ...pair, name: "carol", publicKey });
    const diff = await provider.diff("carol", named.properties, { ...named.inputs, triggers: ["2027"] });
    expect(diff).toEqual({ changes: "unknown", replaces: ["triggers"], deleteBeforeReplace: true });
    emulator.cloud.removeKey("carol");
  });

  test("of a key that is gone from the account finds a change although the inputs are the same", async () => {
    const { registeredFingerprintMd5: _gone, ...drifted } = made.properties;
    const diff = await provider.diff(made.id, drifted, made.inputs);
    expect(diff).toEqual({ changes: "some", replaces: [], deleteBeforeReplace: false });
  });

  test("that is refused fails with a reason and a code, without a stack trace", async () => {
    const named = await provider.up({ ...pair, name: "dave" });
    const refused = provider.diff("dave", named.properties, { ...named.inputs, triggers: ["2027"] });
    await expect(refused).rejects.toThrow(/locked out\..*\[REPLACEMENT_REFUSED\]$/s);
  });
});

describe("Create", () => {
  test("registers the key and returns its id, its state and the provider text", async () => {
    const { id, properties } = await provider.up(pair);
    expect(keysInAccount()).toContain(id);
    expect(properties).toMatchObject({ ...pair, name: id, algorithm: "ed25519" });
    expect(properties["privateKeyOpenssh"]).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/);
  });

  test("returns no null at any depth", async () => {
    const { properties } = await provider.up(machine);
    expect(JSON.stringify(properties)).not.toContain("null");
    expect(properties).toMatchObject({ state: "running", bootSshKeys: [], heldKeys: [], staleSshKeys: [] });
  });

  test("that fails half-way returns the object, with the provider text", async () => {
    emulator.faults.add({ method: "POST", path: "/instance", kind: "operation-failure", message: "no capacity" });
    const part = savedObjectIn(await rejection(provider.up({ ...machine, name: "half" })));
    const [made] = emulator.cloud.instances().filter(({ name }) => name === "half");
    expect(part.id).toContain(made?.["id"]);
    expect(part.properties).toMatchObject({ __provider: machine["__provider"], name: "half", state: "error" });
    expect(part.reasons).toEqual([expect.stringMatching(/no capacity.*\[CREATED_IN_PART\]$/s)]);
  });

  test("that is refused shows Exoscale's message and a code, without a stack trace", async () => {
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
  test("of an unchanged object returns the same state and inputs", async () => {
    const { id, inputs, properties } = await provider.up(pair);
    expect(await provider.read(id, properties)).toEqual({ id, properties, inputs });
  });

  test("of an object that is gone returns no id, which drops it from the state", async () => {
    const { id, properties } = await provider.up({ ...pair, publicKey });
    emulator.cloud.removeKey(id);
    expect((await provider.read(id, properties)).id).toBe("");
  });

  test("of a pair that is gone keeps the private key, which may still open instances", async () => {
    const { id, properties } = await provider.up(pair);
    emulator.cloud.removeKey(id);
    const { registeredFingerprintMd5: _gone, ...kept } = properties;
    expect((await provider.read(id, properties)).properties).toEqual(kept);
  });

  test("of an id that a program gives finds the object in the account", async () => {
    emulator.cloud.swapKey("carol", publicKey);
    const { id, properties } = await provider.read("carol", pair);
    expect({ id, ...properties }).toMatchObject({ id: "carol", name: "carol", __provider: pair["__provider"] });
  });

  test("of an id that a program gives fails if the account has no such object", async () => {
    const asked = provider.read("nobody", pair);
    await expect(asked).rejects.toThrow('The account has no SshKeyPair with the id "nobody". [NOT_IN_ACCOUNT]');
  });
});

describe("Update", () => {
  test("keeps the private key and changes the new input", async () => {
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

  test("removes the key from the account", async () => {
    const { id, properties } = await provider.up(pair);
    await nextRun.delete(id, properties);
    expect(keysInAccount()).not.toContain(id);
  });

  test("of an object that is gone succeeds", async () => {
    const { id, properties } = await provider.up(pair);
    emulator.cloud.removeKey(id);
    await expect(nextRun.delete(id, properties)).resolves.toBeUndefined();
  });

  test("leaves another key that somebody registered under the name", async () => {
    const { id, properties } = await provider.up(pair);
    emulator.cloud.swapKey(id, publicKey);
    await nextRun.delete(id, properties);
    expect(keysInAccount()).toContain(id);
  });

  test("leaves an object that the same run created, because it is the replacement", async () => {
    const { id, properties } = await provider.up(pair);
    await provider.delete(id, properties);
    expect(keysInAccount()).toContain(id);
  });
});

describe("All answers and output of this file contain", () => {
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
