/** What others wrote reaches the engine from the dynamic front without characters that a terminal obeys. */
import { type Emulator, startEmulator } from "../emulated";
import { Client } from "../emulator/world";
import { DynamicProcess, providerText, type Wire } from "./dynamic_process";

const HOSTILE = "x\u202e\x9b31m";
const identity = { organization: "acme", urn: "urn:pulumi:test::shop::alice", name: "alice" };
const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE7hk9PA2LBXGM5fDY9WlzMJKTeqHhYePGdcJGqfvBIe carol@example";
const pair: Wire = { __provider: providerText("sshKeyPair"), identity, name: "deploy", publicKey };

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

test("in failures of checks", async () => {
  const { failures } = await provider.check({ ...pair, name: HOSTILE });
  expect(failures).toEqual([{ property: "name", reason: expect.stringContaining('got "x��31m"') }]);
});

test("in warnings", async () => {
  const { id, properties } = await provider.up(pair);
  await new Client(emulator).create({ name: HOSTILE, "ssh-keys": [{ name: "deploy" }] });
  // A run does not delete what it made itself.
  const next = await DynamicProcess.configured(emulator);
  await next.delete(id, properties);
  await next.stop();
  expect(next.transcript).toContain("It was installed on x 31m (ch-gva-2");
  expect(next.transcript).not.toMatch(/[\u202e\x9b]/);
});
