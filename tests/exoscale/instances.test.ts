import { ApiError, OperationFailedError, OperationTimeoutError } from "../../provider/errors";
import type { CreateInstance } from "../../provider/exoscale/instance";
import { Instances } from "../../provider/exoscale/instances";
import { type Answer, closeServers, malformed, operation, type ScriptedServer, serve, uuid } from "./scripted_server";

afterEach(closeServers);

const id = uuid(1);
const web: CreateInstance = {
  name: "web",
  "disk-size": 10,
  "instance-type": { id: uuid(2) },
  template: { id: uuid(3) },
  "ssh-keys": [{ name: "deploy" }],
};
const poll = `GET /operation/${uuid(9)}`;
const read = `GET /instance/${id}`;
const pending = operation("pending", { reference: { id, command: "get-instance" } });
const success = operation("success", { reference: { id, command: "get-instance" } });
const inState = (state: string, more: object = {}): Answer => ({ json: { id, name: "web", state, ...more } });
const conflict: Answer = { status: 409, json: { message: "wrong state" } };
const absent: Answer = { status: 404, json: { message: "Instance not found" } };

/** Creates `web`; `existing` has what each search for an interrupted creation finds. */
async function create(server: ScriptedServer, ...existing: (string | undefined)[]) {
  const events: string[] = [];
  const ended = await new Instances(server.api({ retry: { tries: 3 } }))
    .create(web, {
      onAccepted: (accepted) => events.push(`accepted ${accepted} after ${server.lines().at(-1)}`),
      findCreated: async () => {
        events.push("looked");
        return existing.shift();
      },
    })
    .catch((error: unknown) => error);
  return { ended, events };
}

test("tells the id of an instance before it waits for it", async () => {
  const server = await serve(pending, success);
  const { ended, events } = await create(server);
  expect(ended).toBe(id);
  expect(events).toEqual([`accepted ${id} after POST /instance`]);
  expect(server.lines()).toEqual(["POST /instance", poll]);
});

test("tells the id of an instance whose creation fails at once", async () => {
  const server = await serve(operation("failure", { reason: "fault", reference: { id } }));
  const { ended, events } = await create(server);
  expect(ended).toBeInstanceOf(OperationFailedError);
  expect(events).toEqual([`accepted ${id} after POST /instance`]);
});

test("tells the id as soon as it is known when the first answer lacks it", async () => {
  const server = await serve(operation("pending"), success);
  const { ended, events } = await create(server);
  expect(ended).toBe(id);
  expect(events).toEqual([`accepted ${id} after ${poll}`]);
});

test.each<[string, Answer]>([["a lost reply", "break"], ["a gateway's timeout", { status: 504 }], ...malformed])(
  "creates one instance, not two, when %s hides that it was created",
  async (_, fault) => {
    const server = await serve(fault, inState("starting"), inState("running"));
    const { ended, events } = await create(server, id);
    expect(ended).toBe(id);
    expect(events).toEqual(["looked", `accepted ${id} after POST /instance`]);
    expect(server.lines()).toEqual(["POST /instance", read, read]);
  },
);

test("looks for an instance that its finished operation does not name", async () => {
  const server = await serve(operation("success"));
  const { ended, events } = await create(server, id);
  expect(ended).toBe(id);
  expect(events).toEqual(["looked", `accepted ${id} after POST /instance`]);
});

test("keeps waiting for an instance when an answer about its operation is malformed", async () => {
  const server = await serve(pending, { json: {} }, success);
  expect((await create(server)).ended).toBe(id);
});

test("reports an instance in the state error after a lost reply to its creation", async () => {
  const server = await serve("break", inState("error"));
  const { ended, events } = await create(server, id);
  expect(ended).toBeInstanceOf(OperationFailedError);
  expect(events).toContain(`accepted ${id} after POST /instance`);
});

test("sends the creation again when a doubtful try has created nothing", async () => {
  const server = await serve({ status: 502 }, success);
  const { ended, events } = await create(server, undefined);
  expect(ended).toBe(id);
  expect(events).toEqual(["looked", `accepted ${id} after POST /instance`]);
});

test("does not send a creation again when the search for its instance fails", async () => {
  const server = await serve("break");
  const failing = new Instances(server.api()).create(web, {
    findCreated: () => Promise.reject(new Error("cannot look")),
  });
  await expect(failing).rejects.toThrow("cannot look");
  expect(server.lines()).toEqual(["POST /instance"]);
});

test("gives up at the deadline that it is given", async () => {
  const server = await serve(...Array.from({ length: 40 }, () => pending));
  const api = server.api();
  const creation = { findCreated: async () => undefined, deadline: api.clock.now() + 5000 };
  await expect(new Instances(api).create(web, creation)).rejects.toThrow(OperationTimeoutError);
});

test("does not put user data into an error", async () => {
  const server = await serve({ status: 400, json: { message: "bad" } });
  const body = { ...web, "user-data": "aHVzaA==" };
  const failing = new Instances(server.api()).create(body, { findCreated: async () => undefined });
  await expect(failing).rejects.toThrow(/^Could not create instance "web": .*: bad\.$/);
});

test("starts and stops an instance although the answers have no reference", async () => {
  const envelope = operation("pending", { resource: { id, type: "instance" } });
  const server = await serve(envelope, operation("success"), envelope, operation("success"));
  const instances = new Instances(server.api());
  await instances.start(id);
  await instances.stop(id);
  expect(server.lines()).toEqual([`PUT /instance/${id}:start`, poll, `PUT /instance/${id}:stop`, poll]);
  // The API document requires a body of start, and has none for stop.
  expect(server.received.map(({ body }) => body)).toEqual(["{}", "", "", ""]);
});

test("takes a refused start for done when the instance runs already", async () => {
  const server = await serve("break", conflict, inState("starting"), inState("running"));
  await new Instances(server.api()).start(id);
  expect(server.lines().slice(2)).toEqual([read, read]);
});

test("reports a refused start when the instance does not run", async () => {
  const server = await serve(conflict, inState("stopped"));
  await expect(new Instances(server.api()).start(id)).rejects.toThrow("wrong state");
});

test("gives an instance another type and a larger disk", async () => {
  const server = await serve(operation("success"), operation("success"));
  const instances = new Instances(server.api());
  await instances.scale(id, uuid(4));
  await instances.resizeDisk(id, 50);
  expect(server.lines()).toEqual([`PUT /instance/${id}:scale`, `PUT /instance/${id}:resize-disk`]);
  expect(server.received.map(({ body }) => JSON.parse(body))).toEqual([
    { "instance-type": { id: uuid(4) } },
    { "disk-size": 50 },
  ]);
});

test("protects an instance and removes its protection", async () => {
  const server = await serve(operation("success"), operation("success"));
  const instances = new Instances(server.api());
  await instances.protect(id, true);
  await instances.protect(id, false);
  expect(server.lines()).toEqual([`PUT /instance/${id}:add-protection`, `PUT /instance/${id}:remove-protection`]);
});

test("takes a refused resize for done when the disk has that size already", async () => {
  const server = await serve(conflict, inState("stopped", { "disk-size": 50 }));
  await new Instances(server.api()).resizeDisk(id, 50);
  expect(server.lines()).toEqual([`PUT /instance/${id}:resize-disk`, read]);
});

test("sends null labels in an update unchanged", async () => {
  const server = await serve(operation("success"));
  await new Instances(server.api()).update(id, { labels: null });
  expect(server.received[0]?.body).toBe('{"labels":null}');
});

test("waits until a deleted instance is gone", async () => {
  const server = await serve(pending, success);
  await new Instances(server.api()).remove(id);
  expect(server.lines()).toEqual([`DELETE /instance/${id}`, poll]);
});

test("does nothing more when the instance is gone already", async () => {
  const server = await serve(absent);
  await new Instances(server.api()).remove(id);
  expect(server.received).toHaveLength(1);
});

test("waits for the end of a deletion whose reply was lost", async () => {
  const server = await serve("break", conflict, inState("destroying"), inState("destroying"), absent);
  await new Instances(server.api()).remove(id);
  expect(server.lines().slice(2)).toEqual([read, read, read]);
});

test("reports a refused deletion when the instance stays", async () => {
  const server = await serve(conflict, inState("running"));
  await expect(new Instances(server.api()).remove(id)).rejects.toThrow(ApiError);
});

test("finds an instance by its id, and undefined when there is none", async () => {
  const server = await serve(inState("running"), absent);
  const instances = new Instances(server.api());
  expect(await instances.find(id)).toEqual({ id, name: "web", state: "running" });
  expect(await instances.find(id)).toBeUndefined();
});
