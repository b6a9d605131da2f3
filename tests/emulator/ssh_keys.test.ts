import { Client, closeAll, start } from "./world";

const RSA_FREE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8CFvE7ZBUZgLNZgH/iq9Wy47jKgWwIVfMQw5cJbmQC";
let key: string;
let ecdsa: string;

beforeAll(async () => {
  const { utils } = await import("ssh2");
  key = utils.generateKeyPairSync("ed25519").public;
  ecdsa = utils.generateKeyPairSync("ecdsa", { bits: 256 }).public;
});

afterEach(closeAll);

const none = { guests: "none" } as const;

test("registers a key at once and refers to no resource", async () => {
  const { client } = await start(none);
  const { status, body } = await client.register("alice", `${key}\n`);
  expect(status).toBe(200);
  expect(Object.keys(body)).toEqual(["id", "state"]);
  expect(body.state).toBe("success");
});

test("shows name and MD5 fingerprint, never the public key", async () => {
  const { client } = await start(none);
  await client.register("alice", key);
  const shown = await client.get("/ssh-key/alice");
  expect(Object.keys(shown)).toEqual(["name", "fingerprint"]);
  expect(shown.fingerprint).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
});

test("has the same keys in every zone", async () => {
  const { emulator, client } = await start(none);
  await client.register("alice", key);
  const { zones } = await client.get("/zone");
  const elsewhere = new Client(emulator, zones[1]["api-endpoint"]);
  expect((await elsewhere.get("/ssh-key"))["ssh-keys"]).toHaveLength(1);
});

test("refuses what is no public key with 409, as the real API does", async () => {
  const { client } = await start(none);
  const reply = await client.register("alice", `${RSA_FREE.slice(0, 60)}`);
  expect(reply).toMatchObject({ status: 409, body: { message: "Public key is invalid" } });
});

test("refuses a second key of the same name with 409", async () => {
  const { client } = await start(none);
  await client.register("alice", key);
  expect((await client.register("alice", ecdsa)).status).toBe(409);
});

test("takes the same material under two names, or not, as told", async () => {
  const { emulator, client } = await start(none);
  await client.register("alice", key);
  expect((await client.register("bob", `${key} other comment`)).status).toBe(200);
  emulator.cloud.set({ duplicateMaterial: "refused" });
  expect((await client.register("carol", key)).status).toBe(409);
});

test("refuses ECDSA keys when told to", async () => {
  const { client } = await start({ ...none, settings: { ecdsaKeys: "refused" } });
  expect((await client.register("alice", ecdsa)).body).toEqual({ message: "Public key is invalid" });
});

test.each([{}, { name: "-a", "public-key": "x" }, { name: "a/b", "public-key": "x" }, { name: 1, "public-key": "x" }])(
  "refuses a body that breaks the documented constraints: %j",
  async (body) => {
    const { client } = await start(none);
    const reply = await client.send("POST", "/ssh-key", body);
    expect(reply.status).toBe(400);
    expect(reply.body.errors).toHaveLength(1);
  },
);

test("answers 404 to the second deletion of a key", async () => {
  const { client } = await start(none);
  await client.register("alice", key);
  expect((await client.send("DELETE", "/ssh-key/alice")).body.state).toBe("success");
  expect((await client.send("DELETE", "/ssh-key/alice")).status).toBe(404);
});
