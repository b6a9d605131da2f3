/** The settings for connections to a guest, with each of their values. */
import { connect } from "node:net";
import type { Settings } from "../../../emulator";
import { closeAll, start } from "../world";

afterEach(closeAll);

/** The result of a connection to a new instance within this time. Its group has this rule for SSH, if any. */
async function met(settings: Partial<Settings>, network?: string, withinMs = 20_000): Promise<string> {
  const { emulator, client } = await start({ settings });
  const { id, ip } = await client.create();
  const [group] = (await client.get(`/instance/${id}`))["security-groups"];
  const rule = { "flow-direction": "ingress", protocol: "tcp", "start-port": 22, "end-port": 22, network };
  if (network) await client.settle("POST", `/security-group/${group.id}/rules`, rule);
  const socket = connect(Number(emulator.environment.EXOSCALE_SSH_PORT), ip).setTimeout(withinMs);
  const first = await new Promise<string>((resolve) => {
    socket.once("data", (bytes) => resolve(String(bytes).slice(0, 4)));
    socket.once("timeout", () => resolve("nothing"));
    socket.once("error", () => resolve("an end")).once("close", () => resolve("an end"));
  });
  socket.destroy();
  return first;
}

test.each([
  ["reset", "an end", 20_000],
  ["silent", "nothing", 500],
] as const)("closedPort %s: a connection that no rule lets in meets %s", async (closedPort, expected, withinMs) => {
  expect(await met({ closedPort }, undefined, withinMs)).toBe(expected);
});

test.each([
  [undefined, "127.0.0.1/32", "SSH-"],
  [undefined, "203.0.113.0/24", "an end"],
  ["203.0.113.4", "203.0.113.0/24", "SSH-"],
])("clientAddress %s: with a rule for %s, this machine meets %s", async (clientAddress, network, expected) => {
  expect(await met({ clientAddress }, network)).toBe(expected);
});
