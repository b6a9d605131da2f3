/** Texts of a server that would do something to a terminal, or to the reader of a message. */
import { ApiError, type ExoscaleSshError, OperationFailedError } from "../../provider/errors";
import { Instances } from "../../provider/exoscale/instances";
import { putAndWait } from "../../provider/exoscale/operation";
import { closeServers, operation, type Reply, serve, uuid } from "./scripted_server";

afterEach(closeServers);

/** Clears the screen, writes a link, turns the direction of writing, begins a line. */
const evil = "\u001b[2J\u001b]8;;http://evil\u0007\u009b1m\u202e\u2066\r\nerror: \u2028all is lost";
const shown = "[2J ]8;;http://evil 1m error: all is lost";

/** The error of a change that is answered so. */
async function errorFor(reply: Reply): Promise<ExoscaleSshError> {
  const server = await serve(reply);
  const api = server.api({ retry: { tries: 1 } });
  return putAndWait(api, { what: "update it", path: "/instance" }).then(
    () => {
      throw new Error("no error");
    },
    (error: ExoscaleSshError) => error,
  );
}

test.each<[string, Reply]>([
  ["a message", { json: { message: evil } }],
  ["a title", { json: { title: evil } }],
  ["an item of a list", { json: { errors: [evil] } }],
  ["the place of a fault", { json: { errors: [{ path: evil, message: "is wrong" }] } }],
  ["plain text", { text: evil }],
])("%s of a refusal is one line without control characters", async (_, reply) => {
  const error = await errorFor({ status: 400, ...reply });
  expect(error).toBeInstanceOf(ApiError);
  expect(error.message).toContain(shown);
  expect(error.message).not.toMatch(/[\p{Cc}\u2028\u202e\u2066]/u);
});

test.each(["reason", "message"])(
  "The %s of a failed operation is one line without control characters",
  async (member) => {
    const error = await errorFor(operation("failure", { reason: "fault", [member]: evil }));
    expect(error).toBeInstanceOf(OperationFailedError);
    expect(error.message).toContain(shown);
    expect(error.message).not.toMatch(/[\p{Cc}\u2028\u202e\u2066]/u);
  },
);

test("An operation names a resource only by an id", async () => {
  const error = await errorFor(operation("failure", { reason: "fault", reference: { id: evil } }));
  expect(error.message).toBe(
    `Could not update it: operation ${uuid(9)} ended in failure (fault). This is a fault on Exoscale's side: try again later.`,
  );
});

test("The message of a failed operation does not show the user data that it repeats", async () => {
  const userData = Buffer.from("#cloud-config hush").toString("base64");
  const message = `cannot read ${userData}, which is #cloud-config hush`;
  const failure = operation("failure", { reason: "incorrect", message });
  const server = await serve(operation("pending"), failure, failure);
  const instances = new Instances(server.api());
  const shown = "ended in failure (incorrect: cannot read [secret], which is [secret])";
  await expect(instances.update(uuid(1), { "user-data": userData })).rejects.toThrow(shown);
  const body = { "disk-size": 10, "instance-type": { id: uuid(1) }, template: { id: uuid(1) }, "user-data": userData };
  await expect(instances.create(body, { findCreated: async () => undefined })).rejects.toThrow(shown);
});

test.each(["constructor", "__proto__", "toString"])(
  "A failure for the reason %s is an error like any other",
  async (reason) => {
    const error = await errorFor(operation("failure", { reason }));
    expect(error.message).toBe(`Could not update it: operation ${uuid(9)} ended in failure (${reason}).`);
  },
);

test.each<[string, Reply]>([
  ["many messages", { status: 400, json: { errors: Array.from({ length: 100_000 }, (_, index) => `fault ${index}`) } }],
  ["a long message", { status: 400, text: "x".repeat(1_000_000) }],
  ["a long place", { status: 400, json: { errors: [{ path: "x".repeat(1_000_000), message: "is wrong" }] } }],
  ["a long failure", operation("failure", { reason: "y".repeat(1_000_000), message: "x".repeat(1_000_000) })],
])("%s fit into a terminal", async (_, reply) => {
  expect((await errorFor(reply)).message.length).toBeLessThan(6_000);
});
