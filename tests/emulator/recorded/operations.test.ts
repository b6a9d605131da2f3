/** The recorded behaviour of operations, which answer every change but those of SSH keys. */
import { alice } from "../../resources/known_keys";
import { type Client, closeAll, start } from "../world";

const none = { guests: "none" } as const;
const ID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

afterEach(closeAll);

async function startSlow(): Promise<Client> {
  return (await start({ ...none, operationMs: 60_000 })).client;
}

describe("recorded on the wire:", () => {
  test("a change is pending at first, with the command that reads the resource", async () => {
    const client = await startSlow();
    const { status, body } = await client.send("POST", "/security-group", { name: "ssh" });
    expect(status).toBe(200);
    const id = body.reference?.id;
    const reference = { command: "get-security-group", id: ID, link: `/v2/security-group/${id}` };
    expect(body).toEqual({ id: ID, state: "pending", reference });
  });

  test("an operation can be read by its id until it succeeds, and keeps its reference", async () => {
    const { client } = await start(none);
    const { body } = await client.send("POST", "/security-group", { name: "ssh" });
    let latest = body;
    while (latest.state === "pending") latest = await client.get(`/operation/${body.id}`);
    expect(latest).toEqual({ ...body, state: "success" });
  });

  test("start and stop answer with a resource, against the document, and without a reference", async () => {
    const { client } = await start(none);
    const { id } = await client.create();
    const { body: stopped } = await client.send("PUT", `/instance/${id}:stop`);
    expect(stopped).toEqual({ id: ID, state: "pending", resource: { id, type: "instance" } });
    await client.settle("GET", `/operation/${stopped.id}`);
    const { body: started } = await client.send("PUT", `/instance/${id}:start`, {});
    expect(started).toEqual({ id: ID, state: "pending", resource: { id, type: "instance" } });
  });
});

describe("from what clients do:", () => {
  // Terraform asks after a deletion, and Exoscale's Python client waits for either.
  test("an operation on a key can be read by its id, and has ended", async () => {
    const { client } = await start(none);
    const { body: registered } = await client.register("alice", alice.line);
    const { body: deleted } = await client.send("DELETE", "/ssh-key/alice");
    expect(await client.get(`/operation/${registered.id}`)).toEqual({ id: registered.id, state: "success" });
    expect(await client.get(`/operation/${deleted.id}`)).toEqual({ id: deleted.id, state: "success" });
  });

  test("an operation on a key that has failed can be read by its id", async () => {
    const { emulator, client } = await start(none);
    emulator.faults.add({ kind: "born-failure", reason: "unavailable", message: "broken", path: "/ssh-key" });
    const { body } = await client.register("alice", alice.line);
    expect(await client.get(`/operation/${body.id}`)).toEqual(body);
    expect(body).toMatchObject({ state: "failure", reason: "unavailable", message: "broken" });
  });

  test("an instance has its id in the pending answer, and can be read before it runs", async () => {
    const client = await startSlow();
    const { body } = await client.send("POST", "/instance", await client.order({ name: "web" }));
    expect(body).toMatchObject({ state: "pending", reference: { command: "get-instance", id: ID } });
    expect(await client.get(`/instance/${body.reference.id}`)).toMatchObject({ name: "web", state: "starting" });
  });

  test("the first answer of an operation may be a failure, with a reason and a message", async () => {
    const { emulator, client } = await start(none);
    emulator.faults.add({ kind: "born-failure", reason: "fault", message: "broken", path: "/security-group" });
    const { status, body } = await client.send("POST", "/security-group", { name: "ssh" });
    expect([status, body]).toEqual([200, expect.objectContaining({ state: "failure", reason: "fault" })]);
    expect((await client.get("/security-group"))["security-groups"]).toHaveLength(1);
  });
});

test("from the API document: an unknown operation is not found", async () => {
  const { client } = await start(none);
  const reply = await client.send("GET", "/operation/00000000-0000-4000-8000-000000000000");
  expect(reply).toMatchObject({ status: 404, body: { message: "Operation not found" } });
});
