import { closeAll, start } from "./world";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
const none = { guests: "none" } as const;

afterEach(closeAll);

test("answers an ordered status with its headers, as often as ordered", async () => {
  const { emulator, client } = await start(none);
  emulator.faults.add({
    kind: "status",
    status: 503,
    headers: { "retry-after": "7" },
    body: "busy",
    path: "/ssh-key",
    times: 2,
  });
  const [first, second, third] = [
    await client.send("GET", "/ssh-key"),
    await client.send("GET", "/ssh-key"),
    await client.send("GET", "/ssh-key"),
  ];
  expect([first?.status, second?.status, third?.status]).toEqual([503, 503, 200]);
  expect(first).toMatchObject({ body: "busy" });
  expect(first?.headers.get("retry-after")).toBe("7");
});

test("executes a request whose reply is lost", async () => {
  const { emulator, client } = await start(none);
  emulator.faults.add({ kind: "lost-reply", method: "POST", path: "/ssh-key" });
  await expect(client.register("alice", KEY)).rejects.toThrow("fetch failed");
  expect(emulator.cloud.keys).toHaveLength(1);
});

test("does not execute a request whose connection is reset", async () => {
  const { emulator, client } = await start(none);
  emulator.faults.add({ kind: "reset", path: /^\/ssh-key/ });
  await expect(client.register("alice", KEY)).rejects.toThrow("fetch failed");
  expect(emulator.cloud.keys).toEqual([]);
});

test("lets an operation fail as ordered, with a reason and an instance in state error", async () => {
  const { emulator, client } = await start(none);
  emulator.faults.add({
    kind: "operation-failure",
    method: "POST",
    path: "/instance",
    reason: "unavailable",
    message: "No capacity",
  });
  const operation = await client.settle("POST", "/instance", await client.order());
  expect(operation).toMatchObject({ state: "failure", reason: "unavailable", message: "No capacity" });
  expect((await client.get(`/instance/${operation.reference.id}`)).state).toBe("error");
});

test("answers a born failure at once and registers no key", async () => {
  const { emulator, client } = await start(none);
  emulator.faults.add({ kind: "born-failure", method: "POST", path: "/ssh-key" });
  expect((await client.register("alice", KEY)).body).toMatchObject({ state: "failure", reason: "fault" });
  expect(emulator.cloud.keys).toEqual([]);
});

test("delays a request and then serves it", async () => {
  const { emulator, client } = await start(none);
  emulator.faults.add({ kind: "delay", ms: 30, path: "/ssh-key" });
  expect((await client.send("GET", "/ssh-key")).status).toBe(200);
  expect(emulator.requests.at(-1)?.ms).toBeGreaterThanOrEqual(29);
});

test("records and logs requests, and no secret", async () => {
  const lines: string[] = [];
  const { emulator, client } = await start({ ...none, log: (line) => lines.push(line), apiSecret: "top-secret" });
  await client.register("alice", KEY);
  expect(emulator.requests).toMatchObject([{ method: "POST", path: "/v2/ssh-key", status: 200, zone: "ch-gva-2" }]);
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} POST {3}\/v2\/ssh-key 200 \d+ ms ch-gva-2$/);
  expect(JSON.stringify([emulator.requests, lines])).not.toContain("top-secret");
});
