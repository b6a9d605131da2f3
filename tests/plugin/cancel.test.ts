import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ServiceError } from "@grpc/grpc-js";
import { type Emulator, type Exchange, startEmulator } from "../emulated";
import { partOf } from "./answers";
import { Plugin, settingsFor } from "./plugin_client";

let emulator: Emulator;
let plugin: Plugin;
let asked: () => void;
/** Over once the API has been asked to make an instance, and once again how far that is. */
let underWay: Promise<void>;
beforeEach(async () => {
  underWay = new Promise((resolve) => {
    asked = resolve;
  });
  const exchange = ({ request }: Exchange) => {
    if (request.path.includes("/operation/")) asked();
  };
  // An operation that ends long after every test.
  emulator = await startEmulator({ operationMs: 3_600_000, guests: "none", zones: ["ch-gva-2"], exchange });
  plugin = await Plugin.configured(emulator);
});
afterEach(async () => {
  plugin.close();
  await emulator.close();
});

const machine = { name: "web", zone: "ch-gva-2", type: "standard.tiny", template: "Linux Debian 13", diskSize: 10 };

async function cancelled(): Promise<ServiceError> {
  const create = plugin.up("Instance", machine).catch((error: ServiceError) => error);
  await underWay;
  await plugin.cancel();
  return (await create) as ServiceError;
}

/** Over once a request of that method is on its way, as Node's own HTTP client tells. */
function sent(method: string): Promise<void> {
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
  test("ends a create that waits for Exoscale, and what exists is saved", async () => {
    const part = partOf(await cancelled());
    const [instance] = emulator.cloud.instances();
    expect(part?.id).toBe(`ch-gva-2/${instance?.["id"]}`);
    expect(part?.reasons).toEqual([expect.stringContaining("cancelled")]);
  });

  test("is no bug to report", async () => {
    await cancelled();
    expect(plugin.transcript).not.toContain("please report it");
    await expect(plugin.up("SshKeyPair", {})).rejects.toThrow(/was cancelled.*\[CANCELLED\]$/);
    expect(plugin.transcript).not.toContain("please report it");
  });

  test("lets the next operation work, whose engine configures anew", async () => {
    await cancelled();
    await plugin.configure(settingsFor(emulator));
    const { id } = await plugin.up("SshKeyPair", {});
    expect(emulator.cloud.keys.map(({ name }) => name)).toEqual([id]);
  });

  test("waits for the answer to what has been sent, so that nothing is made that no state has", async () => {
    emulator.faults.add({ kind: "delay", ms: 300, method: "POST", path: "/ssh-key" });
    const create = plugin.up("SshKeyPair", {});
    await sent("POST");
    await plugin.cancel();
    const { id } = await create;
    expect(emulator.cloud.keys.map(({ name }) => name)).toEqual([id]);
  });
});
