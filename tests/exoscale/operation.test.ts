import { ApiError, NotFoundError, OperationFailedError, OperationTimeoutError } from "../../provider/errors";
import { deleteAndWait, type Operation, putAndWait, waitForOperation } from "../../provider/exoscale/operation";
import { type Answer, closeServers, operation, type ScriptedServer, serve, uuid } from "./scripted_server";

afterEach(closeServers);

const call = { what: "update instance 1", path: "/instance/1" };
const pending = operation("pending", { reference: { id: uuid(1), command: "get-instance" } });
const poll = `GET /operation/${uuid(9)}`;
const busy: Answer = { status: 503 };

function change(server: ScriptedServer, deadlineMs = 60_000): Promise<Operation> {
  const api = server.api({ retry: { tries: 1 } });
  return putAndWait(api, { ...call, deadline: api.clock.now() + deadlineMs });
}

test("does not poll an operation that succeeds at once", async () => {
  const server = await serve(operation("success"));
  expect(await change(server)).toEqual({ id: uuid(9), state: "success" });
  expect(server.lines()).toEqual(["PUT /instance/1"]);
});

test("polls a pending operation at once, and until it succeeds", async () => {
  const server = await serve(pending, pending, operation("success"));
  await change(server);
  expect(server.lines()).toEqual(["PUT /instance/1", poll, poll]);
  expect(server.pauses).toEqual([200]);
});

test("lets the pauses between polls grow from tenths of a second to five seconds", async () => {
  const server = await serve(pending, ...Array.from({ length: 15 }, () => pending), operation("success"));
  await change(server);
  expect(server.pauses.slice(0, 3).map(Math.round)).toEqual([200, 130, 215]);
  expect(server.pauses.at(-1)).toBe(5000);
});

test("polls the second operation of a kind when the first one had ended", async () => {
  const aSecondAndAHalf = Array.from({ length: 6 }, () => pending);
  const server = await serve(pending, ...aSecondAndAHalf, operation("success"), pending, operation("success"));
  const api = server.api();
  await putAndWait(api, call);
  const ended = server.pauses.reduce((sum, pause) => sum + pause, 0);
  const before = server.pauses.length;
  await putAndWait(api, { ...call, path: "/instance/2" });
  const [pause = 0, ...more] = server.pauses.slice(before);
  expect(more).toEqual([]);
  expect(pause).toBeGreaterThan(ended / 2);
  expect(pause).toBeLessThanOrEqual(ended);
});

test("learns nothing from an operation of another kind", async () => {
  const server = await serve(pending, pending, operation("success"), pending, operation("success"));
  const api = server.api();
  await putAndWait(api, call);
  const before = server.pauses.length;
  await deleteAndWait(api, call);
  expect(server.pauses.slice(before)).toEqual([]);
});

test("reports an operation that ends in failure with reason, message and resource", async () => {
  const failure = operation("failure", { reason: "unavailable", message: "No host", reference: { id: uuid(1) } });
  const server = await serve(pending, failure);
  const failing = change(server);
  await expect(failing).rejects.toThrow(OperationFailedError);
  await expect(failing).rejects.toThrow(
    `Could not update instance 1: operation ${uuid(9)} ended in failure (unavailable: No host). ` +
      `The resource ${uuid(1)} may exist nevertheless. ` +
      "The zone may have no capacity left: try another type or zone, or later.",
  );
});

test("reports an operation that fails at once", async () => {
  const server = await serve(operation("failure", { reason: "fault" }));
  await expect(change(server)).rejects.toThrow(/ended in failure \(fault\)/);
  expect(server.received).toHaveLength(1);
});

test("reports an operation that timed out on Exoscale's side as failed", async () => {
  const server = await serve(pending, operation("timeout"));
  await expect(change(server)).rejects.toThrow(/ended in failure \(timeout\)/);
});

test("finds the id of the resource in the answers to start and stop, which have no reference", async () => {
  const server = await serve(operation("failure", { resource: { id: uuid(1), type: "instance" } }));
  await expect(change(server)).rejects.toMatchObject({ failure: { resourceId: uuid(1) } });
});

test("keeps waiting while polls fail for minutes, because the operation continues meanwhile", async () => {
  const failures = Array.from({ length: 85 }, (_, i): Answer => (i % 2 ? "break" : busy));
  const server = await serve(pending, ...failures, operation("success"));
  expect(await change(server, 600_000)).toMatchObject({ state: "success" });
});

test("ends a wait when the outage of the API is longer than those that pass by themselves", async () => {
  const server = await serve(pending, ...Array.from({ length: 400 }, () => busy));
  await expect(change(server, 3_600_000)).rejects.toMatchObject({ status: 503 });
  expect(server.received.length).toBeLessThan(200);
});

test("does not wait for an operation that the API does not know", async () => {
  const server = await serve(pending, { status: 404, json: { message: "Not found" } });
  await expect(change(server)).rejects.toThrow(NotFoundError);
});

test("gives up at the deadline with the operation's id and how to continue", async () => {
  const server = await serve(pending, ...Array.from({ length: 40 }, () => pending));
  const failing = change(server, 10_000);
  await expect(failing).rejects.toThrow(OperationTimeoutError);
  await expect(failing).rejects.toThrow(
    `Gave up waiting to update instance 1: operation ${uuid(9)} was still pending after 10 s and may yet succeed. Run`,
  );
});

test("names the error of the last poll when it gives up", async () => {
  const server = await serve(pending, ...Array.from({ length: 40 }, () => busy));
  await expect(change(server, 10_000)).rejects.toMatchObject({ cause: { status: 503 } });
});

test("does not take an answer without a state for a success", async () => {
  const server = await serve({ json: {} });
  await expect(change(server)).rejects.toThrow(ApiError);
});

test("refuses to poll an operation whose id is a path", async () => {
  const server = await serve();
  const odd: Operation = { id: "../ssh-key/deploy", state: "pending" };
  await expect(waitForOperation(server.api(), odd, { what: "wait", kind: "PUT /odd" })).rejects.toThrow(
    "is not a valid operation id",
  );
  expect(server.received).toHaveLength(0);
});

test("ends a wait when it is cancelled", async () => {
  const controller = new AbortController();
  const server = await serve(pending, () => {
    controller.abort(new Error("cancelled by the user"));
    return pending;
  });
  await expect(putAndWait(server.api({ signal: controller.signal }), call)).rejects.toThrow("cancelled by the user");
});

test("takes an absent resource for deleted", async () => {
  const server = await serve({ status: 404, json: { message: "Instance not found" } });
  await deleteAndWait(server.api(), call);
  expect(server.lines()).toEqual(["DELETE /instance/1"]);
});

test("takes a deletion that fails with not-found for done", async () => {
  const server = await serve(pending, operation("failure", { reason: "not-found" }));
  await deleteAndWait(server.api(), call);
  expect(server.lines()).toEqual(["DELETE /instance/1", poll]);
});

test("reports a deletion that fails for another reason", async () => {
  const server = await serve(pending, operation("failure", { reason: "conflict" }));
  await expect(deleteAndWait(server.api(), call)).rejects.toThrow(OperationFailedError);
});
