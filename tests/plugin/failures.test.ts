import type { ServiceError } from "@grpc/grpc-js";
import { type Emulator, startEmulator } from "../emulated";
import { alice } from "../resources/known_keys";
import { failure, partOf } from "./answers";
import { Plugin, urn } from "./plugin_client";
import { clearSecrets } from "./secrets";
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

const machine = { zone: "ch-gva-2", type: "standard.tiny", template: "Linux Debian 13", diskSize: 10 };

/** Fails to make an instance after it exists. */
function fail(news: Wire): Promise<ServiceError> {
  emulator.faults.add({ method: "POST", path: "/instance", kind: "operation-failure", message: "no capacity" });
  return failure(plugin.up("Instance", { ...machine, ...news }, { name: "web" }));
}

const idOf = (name: string) => emulator.cloud.instances().find((instance) => instance["name"] === name)?.["id"];

describe("A create that fails half-way", () => {
  test("carries what exists, its inputs, and the reason, so that the engine saves it", async () => {
    const part = partOf(await fail({ name: "half" }));
    expect(part?.id).toBe(`ch-gva-2/${idOf("half")}`);
    expect(part?.properties).toMatchObject({ name: "half", state: "error", instanceId: idOf("half") });
    expect(part?.inputs).toMatchObject({ ...machine, name: "half" });
    expect(part?.reasons).toEqual([expect.stringMatching(/no capacity.*\[CREATED_IN_PART\]$/s)]);
  });

  test("seals secrets in the state and in the inputs", async () => {
    const connection = { user: "root", passphrase: "hunter2" };
    const part = partOf(await fail({ name: "sealed", userData: "#!hunter2", connection }));
    const secrets = { userData: secret("#!hunter2"), connection: secret(connection) };
    expect(part?.properties).toMatchObject(secrets);
    expect(part?.inputs).toMatchObject(secrets);
  });

  test("tells nobody who the resource is", async () => {
    const { properties, inputs } = partOf(await fail({ name: "anonymous" })) ?? {};
    expect(JSON.stringify([properties, inputs])).not.toMatch(/"identity"|urn:pulumi/);
  });

  test("carries the largest user data there may be, in spite of what is usual for a header", async () => {
    const userData = "#!/bin/sh\n".padEnd(24_576, "# hunter2\n");
    const part = partOf(await fail({ name: "large", userData }));
    expect(part?.id).toBe(`ch-gva-2/${idOf("large")}`);
  });

  test("is finished by the update that follows", async () => {
    const part = partOf(await fail({ name: "later" }));
    const held = { id: part?.id ?? "", inputs: part?.inputs ?? {}, properties: part?.properties ?? {} };
    await emulator.cloud.startInstance(held.id.replace("ch-gva-2/", ""));
    expect(await plugin.update("Instance", held, held.inputs)).toMatchObject({ name: "later", state: "running" });
  });
});

describe("An update that fails half-way", () => {
  const make = (name: string) => plugin.up("Instance", { ...machine, name, userData: "#!hunter2" }, { name: "web" });

  /** Makes an instance, and fails to give it another name and a larger disk once it is stopped for that. */
  async function failToGrow(more: Wire = {}, name = "small") {
    const held = await make(name);
    emulator.faults.add({ kind: "operation-failure", message: "No capacity", path: /:resize-disk$/ });
    const larger = { ...held.inputs, name: "large", diskSize: 20, ...more };
    const part = partOf(await failure(plugin.update("Instance", held, larger)));
    return { part, before: held.inputs, held: { id: held.id, inputs: larger, properties: part?.properties ?? {} } };
  }

  test("carries the object as it is by then, sealed, with the reason", async () => {
    const { part, held } = await failToGrow();
    expect(part).toMatchObject({ id: held.id, reasons: [expect.stringMatching(/\[INSTANCE_LEFT_STOPPED\]$/)] });
    expect(part?.properties).toMatchObject({ name: "large", diskSize: 10, state: "stopped", halfUpdated: true });
    expect(part?.properties).toMatchObject({ userData: secret("#!hunter2") });
  });

  test("is finished or taken back by the one that follows, and then whole", async () => {
    const { held, before } = await failToGrow();
    const properties = await plugin.update("Instance", held, before);
    expect(properties).toMatchObject({ name: "small", state: "running" });
    expect(properties).not.toHaveProperty("halfUpdated");
  });

  test("is whole in the eyes of a refresh, which sees for itself", async () => {
    const { held } = await failToGrow();
    const found = await plugin.read("Instance", held.id, held);
    expect(found.properties).toMatchObject({ name: "large", state: "stopped" });
    expect(found.properties).not.toHaveProperty("halfUpdated");
  });

  test("has not done what it had not come to, although Pulumi takes its inputs for the last ones", async () => {
    const { held } = await failToGrow({ deletionProtection: true });
    const since = emulator.requests.length;
    expect(await plugin.update("Instance", held, held.inputs)).toMatchObject({ deletionProtection: true });
    expect(emulator.requests.slice(since).filter(({ path }) => path.endsWith(":add-protection"))).toHaveLength(1);
  });

  test("may be taken back by a program although its inputs could not be, had it come to them", async () => {
    const { held, before } = await failToGrow({ name: "tall" }, "short");
    expect((await plugin.check("Instance", before, { olds: held.inputs })).failures).toEqual([]);
    await plugin.update("Instance", held, held.inputs);
    const { failures } = await plugin.check("Instance", before, { olds: held.inputs });
    expect(failures.map(({ property }) => property)).toEqual(["diskSize"]);
  });

  test("saves nothing where nothing was done", async () => {
    const held = await make("calm");
    emulator.faults.add({ kind: "status", status: 403, method: "PUT", path: /^\/instance\/[0-9a-f-]+$/ });
    expect(partOf(await failure(plugin.update("Instance", held, { ...held.inputs, name: "other" })))).toBeUndefined();
  });
});

describe("An error", () => {
  const trace = { severity: "debug", message: expect.stringMatching(/\n\s+at /) };

  test("of Exoscale is told with what Exoscale said, and a code", async () => {
    const body = { message: "Not you" };
    emulator.faults.add({ method: "POST", path: "/ssh-key", kind: "status", status: 403, body });
    const { details } = await failure(plugin.up("SshKeyPair", { publicKey: alice.line }));
    expect(details).toMatch(/Exoscale answered 403 to POST \/ssh-key: Not you.*\[API_[A-Z_]+\]$/s);
  });

  test("arrives with every character that a text may have, half ones replaced", async () => {
    const body = '{"message": "Zürich\\nist % voll 🔑 \\ud83d"}';
    emulator.faults.add({ method: "POST", path: "/ssh-key", kind: "status", status: 403, body });
    const { details } = await failure(plugin.up("SshKeyPair", { publicKey: alice.line }));
    expect(details).toMatch(/Zürich ist % voll 🔑 \ufffd/);
  });

  test("that is ours carries no object", async () => {
    emulator.faults.add({ method: "POST", path: "/ssh-key", kind: "status", status: 409, body: { message: "no" } });
    expect(partOf(await failure(plugin.up("SshKeyPair", { publicKey: alice.line })))).toBeUndefined();
  });

  test("that nobody foresaw says so in one line; its trace is for --debug", async () => {
    // No engine does this: the inputs have been through no check.
    const { details } = await failure(plugin.create("Instance", { zone: "ch-gva-2", sshKeys: 5 }));
    expect(details).toMatch(/^An unexpected error in pulumi-resource-exoscale-ssh, please report it: .*$/);
    expect(plugin.engine.lines.at(-1)).toMatchObject(trace);
  });

  test("that nobody foresaw leaves its trace for --debug where an object exists already, too", async () => {
    const error = await failure(plugin.create("SecurityGroup", { name: "unchecked" }));
    expect(partOf(error)?.reasons).toEqual([expect.stringMatching(/^Security group .*\[CREATED_IN_PART\]$/)]);
    expect(plugin.engine.lines.at(-1)).toMatchObject(trace);
  });
});

describe("A line for the user", () => {
  test("is at its resource, and has come when the answer comes", async () => {
    const held = await plugin.up("SshKeyPair", {}, { seed: "line" });
    emulator.cloud.removeKey(held.id);
    await plugin.read("SshKeyPair", held.id, held);
    expect(plugin.engine.lines.at(-1)).toEqual({
      severity: "warning",
      message: expect.stringContaining("is gone from the account"),
      urn: urn("SshKeyPair"),
      ephemeral: false,
    });
  });

  test("goes nowhere, and fails nothing, where the engine has gone", async () => {
    const other = await Plugin.configured(emulator);
    other.engine.close();
    const held = await other.up("SshKeyPair", {}, { seed: "gone" });
    emulator.cloud.removeKey(held.id);
    expect((await other.read("SshKeyPair", held.id, held)).id).toBe(held.id);
    other.close();
  });
});

describe("Whatever was asked, all that was answered and shown holds", () => {
  test("no secret in clear", () => {
    expect(clearSecrets(plugin, [emulator.environment.EXOSCALE_API_SECRET, "hunter2"])).toEqual([]);
  });

  test("no stack trace but for --debug", () => {
    const shown = plugin.engine.lines.filter(({ severity }) => severity !== "debug").map(({ message }) => message);
    expect(plugin.transcript).toContain("please report it");
    expect([plugin.transcript, ...shown].join("\n")).not.toMatch(/(\n|\\n)\s+at .*:\d+:\d+/);
  });
});
