import type { Exchange } from "../../emulator";
import { closeAll, start } from "./world";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

async function startHeard() {
  const heard: Exchange[] = [];
  return { heard, ...(await start({ guests: "none", exchange: (exchange) => heard.push(exchange) })) };
}

afterEach(closeAll);

test("passes each request and its answer, with their bodies, to the option `exchange`", async () => {
  const { heard, client } = await startHeard();
  const { body } = await client.register("alice", KEY);
  expect(heard).toMatchObject([{ request: { method: "POST", path: "/v2/ssh-key", status: 200 }, agent: "node" }]);
  expect(JSON.parse(heard[0]?.sent ?? "")).toEqual({ name: "alice", "public-key": KEY });
  expect(JSON.parse(heard[0]?.answered ?? "")).toEqual(body);
});

test("says which answers an ordered fault has replaced or suppressed", async () => {
  const { heard, emulator, client } = await startHeard();
  emulator.faults.add({ kind: "status", status: 503, body: "busy", path: "/ssh-key" });
  emulator.faults.add({ kind: "lost-reply", path: "/ssh-key" });
  await client.send("GET", "/ssh-key");
  await expect(client.send("GET", "/ssh-key")).rejects.toThrow("fetch failed");
  expect(heard).toMatchObject([
    { fault: "status", answered: "busy", request: { status: 503 } },
    { fault: "lost-reply", answered: "", request: { status: 0 } },
  ]);
});

test("keeps bodies out of the recorded requests and of the log", async () => {
  const lines: string[] = [];
  const { emulator, client } = await start({ guests: "none", log: (line) => lines.push(line) });
  await client.send("POST", "/instance", await client.order({ "user-data": "c2VjcmV0" }));
  expect(JSON.stringify([emulator.requests, lines])).not.toContain("c2VjcmV0");
});
