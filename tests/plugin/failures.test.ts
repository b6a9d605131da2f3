import type { ServiceError } from "@grpc/grpc-js";
import { type Emulator, startEmulator } from "../emulated";
import { alice } from "../resources/known_keys";
import { unnamedMachine as machine } from "../resources/known_machine";
import { failure, savedObjectIn } from "./answers";
import { leakedSecrets } from "./leaked_secrets";
import { Plugin, urn } from "./plugin_client";
import { secret, type Wire } from "./wire";

let emulator: Emulator;
let plugin: Plugin;
beforeAll(async () => {
  emulator = await startEmulator({ operationMs: 0, guests: "none", zones: ["ch-gva-2"] });
  plugin = await Plugin.configured(emulator);
});
afterEach(() => emulator.faults.clear());
afterAll(async () => {
  plugin.close();
  await emulator.close();
});

/** Creates an instance that exists but whose operation fails. */
function failCreate(news: Wire): Promise<ServiceError> {
  emulator.faults.add({ method: "POST", path: "/instance", kind: "operation-failure", message: "no capacity" });
  return failure(plugin.up("Instance", { ...machine, ...news }, { name: "web" }));
}

const idOf = (name: string) => emulator.cloud.instances().find((instance) => instance["name"] === name)?.["id"];

describe("A create that fails half-way", () => {
  test("returns the object, its inputs and the reason, so the engine saves it", async () => {
    const part = savedObjectIn(await failCreate({ name: "half" }));
    expect(part?.id).toBe(`ch-gva-2/${idOf("half")}`);
    expect(part?.properties).toMatchObject({ name: "half", state: "error", instanceId: idOf("half") });
    expect(part?.inputs).toMatchObject({ ...machine, name: "half" });
    expect(part?.reasons).toEqual([expect.stringMatching(/no capacity.*\[CREATED_IN_PART\]$/s)]);
  });

  test("marks secrets in the state and in the inputs", async () => {
    const connection = { user: "root", passphrase: "hunter2" };
    const part = savedObjectIn(await failCreate({ name: "secretive", userData: "#!hunter2", connection }));
    const secrets = { userData: secret("#!hunter2"), connection: secret(connection) };
    expect(part?.properties).toMatchObject(secrets);
    expect(part?.inputs).toMatchObject(secrets);
  });

  test("returns no identity", async () => {
    const { properties, inputs } = savedObjectIn(await failCreate({ name: "anonymous" })) ?? {};
    expect(JSON.stringify([properties, inputs])).not.toMatch(/"identity"|urn:pulumi/);
  });

  test("returns the largest possible user data, which exceeds the usual size of a header", async () => {
    const userData = "#!/bin/sh\n".padEnd(24_576, "# hunter2\n");
    const part = savedObjectIn(await failCreate({ name: "large", userData }));
    expect(part?.id).toBe(`ch-gva-2/${idOf("large")}`);
  });

  test("is completed by the next update", async () => {
    const part = savedObjectIn(await failCreate({ name: "later" }));
    const stored = { id: part?.id ?? "", inputs: part?.inputs ?? {}, properties: part?.properties ?? {} };
    await emulator.cloud.startInstance(stored.id.replace("ch-gva-2/", ""));
    expect(await plugin.update("Instance", stored, stored.inputs)).toMatchObject({ name: "later", state: "running" });
  });
});

describe("An update that fails half-way", () => {
  const createInstance = (name: string) =>
    plugin.up("Instance", { ...machine, name, userData: "#!hunter2" }, { name: "web" });

  /** Creates an instance, then fails to resize its disk after the instance was renamed and stopped. */
  async function failToGrow(more: Wire = {}, name = "small") {
    const stored = await createInstance(name);
    emulator.faults.add({ kind: "operation-failure", message: "No capacity", path: /:resize-disk$/ });
    const larger = { ...stored.inputs, name: "large", diskSize: 20, ...more };
    const part = savedObjectIn(await failure(plugin.update("Instance", stored, larger)));
    return {
      part,
      before: stored.inputs,
      stored: { id: stored.id, inputs: larger, properties: part?.properties ?? {} },
    };
  }

  test("returns the object as the update left it, with marked secrets and the reason", async () => {
    const { part, stored } = await failToGrow();
    expect(part).toMatchObject({ id: stored.id, reasons: [expect.stringMatching(/\[INSTANCE_LEFT_STOPPED\]$/)] });
    expect(part?.properties).toMatchObject({ name: "large", diskSize: 10, state: "stopped", halfUpdated: true });
    expect(part?.properties).toMatchObject({ userData: secret("#!hunter2") });
  });

  test("is completed or undone by the next update, which removes the mark", async () => {
    const { stored, before } = await failToGrow();
    const properties = await plugin.update("Instance", stored, before);
    expect(properties).toMatchObject({ name: "small", state: "running" });
    expect(properties).not.toHaveProperty("halfUpdated");
  });

  test("loses its mark at a refresh, which reads the object", async () => {
    const { stored } = await failToGrow();
    const found = await plugin.read("Instance", stored.id, stored);
    expect(found.properties).toMatchObject({ name: "large", state: "stopped" });
    expect(found.properties).not.toHaveProperty("halfUpdated");
  });

  test("leaves its remaining changes to the next update, although Pulumi stores its inputs as the last ones", async () => {
    const { stored } = await failToGrow({ deletionProtection: true });
    const since = emulator.requests.length;
    expect(await plugin.update("Instance", stored, stored.inputs)).toMatchObject({ deletionProtection: true });
    expect(emulator.requests.slice(since).filter(({ path }) => path.endsWith(":add-protection"))).toHaveLength(1);
  });

  test("can be undone although a completed resize could not be", async () => {
    const { stored, before } = await failToGrow({ name: "tall" }, "short");
    expect((await plugin.check("Instance", before, { olds: stored.inputs })).failures).toEqual([]);
    await plugin.update("Instance", stored, stored.inputs);
    const { failures } = await plugin.check("Instance", before, { olds: stored.inputs });
    expect(failures.map(({ property }) => property)).toEqual(["diskSize"]);
  });

  test("saves nothing if nothing was changed", async () => {
    const stored = await createInstance("calm");
    emulator.faults.add({ kind: "status", status: 403, method: "PUT", path: /^\/instance\/[0-9a-f-]+$/ });
    expect(
      savedObjectIn(await failure(plugin.update("Instance", stored, { ...stored.inputs, name: "other" }))),
    ).toBeUndefined();
  });
});

describe("An error", () => {
  const trace = { severity: "debug", message: expect.stringMatching(/\n\s+at /) };

  test("of Exoscale shows Exoscale's message and a code", async () => {
    const body = { message: "Not you" };
    emulator.faults.add({ method: "POST", path: "/ssh-key", kind: "status", status: 403, body });
    const { details } = await failure(plugin.up("SshKeyPair", { publicKey: alice.line }));
    expect(details).toMatch(/Exoscale answered 403 to POST \/ssh-key: Not you.*\[API_[A-Z_]+\]$/s);
  });

  test("arrives with all its characters, and half characters are replaced", async () => {
    const body = '{"message": "Zürich\\nist % voll 🔑 \\ud83d"}';
    emulator.faults.add({ method: "POST", path: "/ssh-key", kind: "status", status: 403, body });
    const { details } = await failure(plugin.up("SshKeyPair", { publicKey: alice.line }));
    expect(details).toMatch(/Zürich ist % voll 🔑 \ufffd/);
  });

  test("carries no object if nothing was created", async () => {
    emulator.faults.add({ method: "POST", path: "/ssh-key", kind: "status", status: 409, body: { message: "no" } });
    expect(savedObjectIn(await failure(plugin.up("SshKeyPair", { publicKey: alice.line })))).toBeUndefined();
  });

  test("that is a bug is one line, and its stack trace goes to --debug", async () => {
    // No engine does this: the inputs have not passed a check.
    const { details } = await failure(plugin.create("Instance", { zone: "ch-gva-2", sshKeys: 5 }));
    expect(details).toMatch(/^An unexpected error in pulumi-resource-exoscale-ssh, please report it: .*$/);
    expect(plugin.engine.lines.at(-1)).toMatchObject(trace);
  });

  test("that is a bug sends its stack trace to --debug also if the object exists", async () => {
    const error = await failure(plugin.create("SecurityGroup", { name: "unchecked" }));
    expect(savedObjectIn(error)?.reasons).toEqual([expect.stringMatching(/^Security group .*\[CREATED_IN_PART\]$/)]);
    expect(plugin.engine.lines.at(-1)).toMatchObject(trace);
  });
});

describe("A log line", () => {
  test("belongs to its resource, and arrives before the answer", async () => {
    const stored = await plugin.up("SshKeyPair", {}, { seed: "line" });
    emulator.cloud.removeKey(stored.id);
    await plugin.read("SshKeyPair", stored.id, stored);
    expect(plugin.engine.lines.at(-1)).toEqual({
      severity: "warning",
      message: expect.stringContaining("is gone from the account"),
      urn: urn("SshKeyPair"),
      ephemeral: false,
    });
  });

  test("is dropped without an error if the engine has ended", async () => {
    const other = await Plugin.configured(emulator);
    other.engine.close();
    const stored = await other.up("SshKeyPair", {}, { seed: "gone" });
    emulator.cloud.removeKey(stored.id);
    expect((await other.read("SshKeyPair", stored.id, stored)).id).toBe(stored.id);
    other.close();
  });
});

describe("All answers and log lines of this file contain", () => {
  test("no secret in plain text", () => {
    expect(leakedSecrets(plugin, [emulator.environment.EXOSCALE_API_SECRET, "hunter2"])).toEqual([]);
  });

  test("no stack trace, except for --debug", () => {
    const shown = plugin.engine.lines.filter(({ severity }) => severity !== "debug").map(({ message }) => message);
    expect(plugin.transcript).toContain("please report it");
    expect([plugin.transcript, ...shown].join("\n")).not.toMatch(/(\n|\\n)\s+at .*:\d+:\d+/);
  });
});
