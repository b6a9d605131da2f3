import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ServiceError } from "@grpc/grpc-js";
import { type Emulator, type Exchange, startEmulator } from "../emulated";
import { machine } from "../resources/known_machine";
import { savedObjectIn } from "./answers";
import { Plugin, settingsFor } from "./plugin_client";

let emulator: Emulator;
let plugin: Plugin;
let resolveStarted: () => void;
/** Resolves when the plugin polls the operation that creates an instance. */
let started: Promise<void>;
beforeEach(async () => {
  started = new Promise((resolve) => {
    resolveStarted = resolve;
  });
  const exchange = ({ request }: Exchange) => {
    if (request.path.includes("/operation/")) resolveStarted();
  };
  // An operation that ends long after every test.
  emulator = await startEmulator({ operationMs: 3_600_000, guests: "none", zones: ["ch-gva-2"], exchange });
  plugin = await Plugin.configured(emulator);
});
afterEach(async () => {
  plugin.close();
  await emulator.close();
});

async function cancelCreate(): Promise<ServiceError> {
  const create = plugin.up("Instance", machine).catch((error: ServiceError) => error);
  await started;
  await plugin.cancel();
  return (await create) as ServiceError;
}

/** Waits until Node's HTTP client sends a request with that method. */
function waitForRequest(method: string): Promise<void> {
  return new Promise((resolve) => {
    const listener = (message: unknown) => {
      if ((message as { request: { method: string } }).request.method !== method) return;
      unsubscribe("undici:client:sendHeaders", listener);
      resolve();
    };
    subscribe("undici:client:sendHeaders", listener);
  });
}

describe("Cancel", () => {
  test("ends a create that waits for Exoscale, and the engine saves what exists", async () => {
    const part = savedObjectIn(await cancelCreate());
    const [instance] = emulator.cloud.instances();
    expect(part?.id).toBe(`ch-gva-2/${instance?.["id"]}`);
    expect(part?.reasons).toEqual([expect.stringContaining("cancelled")]);
  });

  test("is not reported as a bug", async () => {
    await cancelCreate();
    expect(plugin.transcript).not.toContain("please report it");
    await expect(plugin.up("SshKeyPair", {})).rejects.toThrow(/was cancelled.*\[CANCELLED\]$/);
    expect(plugin.transcript).not.toContain("please report it");
  });

  test("does not affect the next operation, for which the engine configures again", async () => {
    await cancelCreate();
    await plugin.configure(settingsFor(emulator));
    const { id } = await plugin.up("SshKeyPair", {});
    expect(emulator.cloud.keys.map(({ name }) => name)).toEqual([id]);
  });

  test("waits for the answer to a request that was sent, so every created object is in the state", async () => {
    emulator.faults.add({ kind: "delay", ms: 300, method: "POST", path: "/ssh-key" });
    const create = plugin.up("SshKeyPair", {});
    await waitForRequest("POST");
    await plugin.cancel();
    const { id } = await create;
    expect(emulator.cloud.keys.map(({ name }) => name)).toEqual([id]);
  });
});
