/** The recorded behaviour of refusals: status and body, and which ones nobody has ever seen. */
import { closeAll, start } from "../world";

const none = { guests: "none" } as const;
const NOBODY = "00000000-0000-4000-8000-000000000000";

afterEach(closeAll);

describe("recorded on the wire:", () => {
  test("a value of the wrong kind is a 400 with these words and these findings", async () => {
    const { client } = await start(none);
    const { status, body } = await client.send("POST", "/instance", await client.order({ "ssh-key": "alice" }));
    expect(status).toBe(400);
    expect(body).toEqual({
      message: "Invalid value in ssh-key (description: `SSH key`) - should be a Map\n",
      errors: [{ in: ["ssh-key"], path: "ssh-key", message: "should be a Map", description: "SSH key" }],
    });
  });

  test("a size can only change while the instance is stopped, in these words", async () => {
    const { client } = await start(none);
    const { id } = await client.create();
    const reply = await client.send("PUT", `/instance/${id}:resize-disk`, { "disk-size": 20 });
    expect(reply).toMatchObject({ status: 400, body: { message: "The instance needs to be stopped." } });
  });

  test("an instance over the quota is a 409", async () => {
    const { client } = await start({ ...none, settings: { instanceQuota: 1 } });
    await client.create();
    const { status, body } = await client.send("POST", "/instance", await client.order());
    expect([status, body.message]).toEqual([409, expect.stringMatching(/quota exceeded/i)]);
  });
});

describe("from what clients do:", () => {
  test("a 400 names the keys that are missing in a body", async () => {
    const { client } = await start(none);
    const { status, body } = await client.send("POST", "/ssh-key", { name: "alice" });
    expect([status, body.message]).toEqual([400, "missing keys 'public-key'"]);
  });

  test("a 404 says what was not found", async () => {
    const { client } = await start(none);
    const reply = await client.send("GET", `/instance/${NOBODY}`);
    expect(reply).toMatchObject({ status: 404, body: { message: "Instance not found" } });
  });

  test("an action with POST is a 404, because actions are PUT", async () => {
    const { client } = await start(none);
    const { id } = await client.create();
    for (const action of ["start", "stop", "scale", "resize-disk", "reboot"]) {
      expect((await client.send("POST", `/instance/${id}:${action}`)).status).toBe(404);
    }
  });

  test("a request that a role denies gets a 403 with these words, and has no effect", async () => {
    const { emulator, client } = await start({ ...none, settings: { denied: ["POST /ssh-key"] } });
    const reply = await client.register("alice", "ssh-ed25519 AAAA");
    const message = "Forbidden by role policy for compute - A deny rule matched. Rule index: 0";
    expect(reply).toMatchObject({ status: 403, body: { message } });
    expect(emulator.cloud.keys).toEqual([]);
    expect((await client.send("GET", "/ssh-key")).status).toBe(200);
  });

  test("an error may be plain text, from a proxy in front of the API", async () => {
    const { emulator, client } = await start(none);
    emulator.faults.add({ kind: "status", status: 502, body: "bad gateway\n", path: "/ssh-key" });
    const { status, body, headers } = await client.send("GET", "/ssh-key");
    expect([status, body, headers.get("content-type")]).toEqual([502, "bad gateway\n", "text/plain"]);
  });
});

describe("by the rules of HTTP:", () => {
  test.each([
    "/ssh-key/%",
    "/ssh-key/%zz",
    "/instance/%ff",
    "/instance/%c3%28:stop",
    "/template/100%",
    "/elastic-ip/%",
  ])("a percent escape that is no UTF-8 is a 400: %s", async (path) => {
    const { client } = await start(none);
    const { status, body } = await client.send(path.endsWith(":stop") ? "PUT" : "GET", path);
    expect([status, body.message]).toEqual([400, "Malformed percent escape in the path"]);
  });
});
