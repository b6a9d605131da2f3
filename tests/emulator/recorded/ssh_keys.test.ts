/** The recorded behaviour of the four operations on SSH keys. */
import { alice, bob } from "../../resources/known_keys";
import { Client, closeAll, start } from "../world";

const CUT_OFF = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8CFvE7ZBUZgLNZgH/iq9Wy47jKgWwI";
const none = { guests: "none" } as const;

let client: Client;
let endpoints: string[];
beforeEach(async () => {
  const started = await start(none);
  client = started.client;
  const { zones } = await client.get("/zone");
  endpoints = zones.map((zone: Record<string, string>) => zone["api-endpoint"]);
});
afterEach(closeAll);

describe("recorded on the wire:", () => {
  test("a registration succeeds at once and refers to no resource", async () => {
    const { status, body } = await client.register("alice", alice.line);
    expect(status).toBe(200);
    expect(body).toEqual({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), state: "success" });
  });

  test("a key shows its name and MD5 fingerprint, never the public key", async () => {
    await client.register("alice", alice.line);
    expect(await client.get("/ssh-key/alice")).toEqual({ name: "alice", fingerprint: alice.md5 });
    expect(await client.get("/ssh-key")).toEqual({ "ssh-keys": [{ name: "alice", fingerprint: alice.md5 }] });
  });

  test("a deletion succeeds at once, and the second one is a 404 with a message", async () => {
    await client.register("alice", alice.line);
    expect((await client.send("DELETE", "/ssh-key/alice")).body).toEqual({ id: expect.any(String), state: "success" });
    const again = await client.send("DELETE", "/ssh-key/alice");
    expect(again).toMatchObject({ status: 404, body: { message: "SSH key not found" } });
  });

  test("an invalid public key is refused with 409 and these words", async () => {
    const reply = await client.register("alice", CUT_OFF);
    expect(reply).toMatchObject({ status: 409, body: { message: "Public key is invalid" } });
  });
});

describe("from what clients do:", () => {
  test("a public key may end with a line break, as in a file", async () => {
    expect((await client.register("alice", `${alice.line}\n`)).status).toBe(200);
  });

  test("a key can be read right after it was registered", async () => {
    await client.register("alice", alice.line);
    expect((await client.send("GET", "/ssh-key/alice")).status).toBe(200);
  });

  test("all zones have the same keys, and each can register and delete", async () => {
    await client.register("alice", alice.line);
    const elsewhere = new Client(client.emulator, endpoints[1]);
    expect((await elsewhere.get("/ssh-key"))["ssh-keys"]).toHaveLength(1);
    expect((await elsewhere.send("DELETE", "/ssh-key/alice")).status).toBe(200);
    expect((await client.send("GET", "/ssh-key/alice")).status).toBe(404);
  });

  test("a name that is taken is refused, and the other key stays", async () => {
    await client.register("alice", alice.line);
    expect((await client.register("alice", bob.line)).status).toBe(409);
    expect((await client.get("/ssh-key/alice")).fingerprint).toBe(alice.md5);
  });

  test("a key that instances hold can be deleted without an error", async () => {
    await client.register("alice", alice.line);
    await client.create({ "ssh-keys": [{ name: "alice" }] });
    expect((await client.send("DELETE", "/ssh-key/alice")).status).toBe(200);
  });
});

describe("from the API document:", () => {
  test.each([
    ["no name and no key", {}],
    ["a name that begins with a dash", { name: "-a", "public-key": "x" }],
    ["a name with a slash", { name: "a/b", "public-key": "x" }],
    ["a name of 256 characters", { name: "a".repeat(256), "public-key": "x" }],
    ["a name that is a number", { name: 1, "public-key": "x" }],
  ])("a registration with %s is refused with 400", async (_what, body) => {
    const reply = await client.send("POST", "/ssh-key", body);
    expect(reply.status).toBe(400);
    expect(reply.body.errors).toHaveLength(1);
  });

  test("a name may begin with a digit and have 255 characters", async () => {
    expect((await client.register(`1${"a".repeat(254)}`, alice.line)).status).toBe(200);
  });

  test("no route changes a registered key", async () => {
    await client.register("alice", alice.line);
    expect((await client.send("PUT", "/ssh-key/alice", { "public-key": bob.line })).status).toBe(404);
  });
});
