import {
  ApiError,
  CredentialsRejectedError,
  InvalidNameError,
  NotFoundError,
  PermissionDeniedError,
} from "../../provider/errors";
import { Api } from "../../provider/exoscale/client";
import { type Answer, closeServers, credentials, fakeClock, type Reply, serve } from "./scripted_server";

afterEach(closeServers);

async function errorFor(answer: Answer, body?: object): Promise<ApiError> {
  const server = await serve(answer);
  const call = { what: "update it", path: "/instance", ...(body ? { body } : {}) };
  const error = await server
    .api({ retry: { tries: 1 } })
    .put(call)
    .catch((thrown: unknown) => thrown);
  if (error instanceof ApiError) return error;
  throw error;
}

test("carries the operation, the status and the server's message", async () => {
  const error = await errorFor({ status: 409, json: { message: "Busy" } });
  expect(error).toMatchObject({ operation: "PUT /instance", status: 409, serverMessages: ["Busy"] });
  expect(error.message).toBe("Could not update it: Exoscale answered 409 to PUT /instance: Busy.");
});

test.each<[string, Reply, string[]]>([
  [
    "validation errors with their paths",
    { json: { message: "Invalid value\n", errors: [{ in: ["a"], path: "ssh-key", message: "should be a Map" }] } },
    ["Invalid value", "ssh-key: should be a Map"],
  ],
  [
    "a problem as RFC 9457 has it",
    { json: { type: "about:blank", title: "Bad", detail: "No", errors: ["x", { location: "body.y", detail: "z" }] } },
    ["Bad", "No", "x", "body.y: z"],
  ],
  ["the error of a rate limit", { json: { error: "slow down", retry_after: 3 } }, ["slow down"]],
  ["plain text", { text: " upstream failed \n" }, ["upstream failed"]],
  ["nothing from an empty body", { text: "" }, []],
  ["nothing from JSON without a message", { json: [] }, ["[]"]],
  ["no markup", { text: "<html><b>no</b></html>", headers: { "Content-Type": "text/html" } }, ["a web page"]],
])("reads %s", async (_, reply, messages) => {
  expect((await errorFor({ status: 400, ...reply })).serverMessages).toEqual(messages);
});

test("keeps control characters and very long texts out of messages", async () => {
  const error = await errorFor({ status: 400, json: { message: `\u001b[31mred\n${"x".repeat(2000)}` } });
  expect(error.serverMessages[0]).toMatch(/^\[31mred x{100}/);
  expect(error.serverMessages[0]).toHaveLength(503);
});

test("keeps echoed user data and the secret out of messages", async () => {
  const userData = Buffer.from("#cloud-config hush").toString("base64");
  const message = `${userData} is #cloud-config hush of ${credentials.apiSecret}`;
  const error = await errorFor({ status: 400, json: { message } }, { "user-data": userData });
  expect(error.serverMessages).toEqual(["[secret] is [secret] of [secret]"]);
});

test("says what to check when the signature is refused", async () => {
  const error = await errorFor({ status: 403, json: { message: "Invalid request signature" } });
  expect(error).toBeInstanceOf(CredentialsRejectedError);
  expect(error.message).toContain("exoscale-ssh:apiKey and exoscale-ssh:apiSecret belong together");
});

test("says so when this machine's clock is wrong", async () => {
  const headers = { Date: "Sun, 22 Nov 2026 11:30:00 GMT" };
  const error = await errorFor({ status: 403, json: { message: "Invalid request signature" }, headers });
  expect(error.message).toContain("This machine's clock is 30 min ahead of Exoscale's: set it.");
});

test("distinguishes a role that does not allow a request from rejected credentials", async () => {
  const message = "Forbidden by role policy for compute - A deny rule matched. Rule index: 0";
  const error = await errorFor({ status: 403, json: { message } });
  expect(error).toBeInstanceOf(PermissionDeniedError);
  expect(error.message).toContain("Allow this operation in the IAM role of the API key");
});

test("says how to remove the protection of an instance", async () => {
  const message = "Operation delete-instance on resource 1 is forbidden - reason: manual instance protection";
  const error = await errorFor({ status: 403, json: { message } });
  expect(error.code).toBe("API_REFUSED");
  expect(error.message).toContain("Remove the protection first");
});

test("says what to do about a quota that is used up", async () => {
  const error = await errorFor({ status: 409, json: { message: "Quota exceeded for resource instance" } });
  expect(error.message).toContain("Delete what you no longer need, or ask Exoscale to raise the quota.");
});

test("says which kinds of keys Exoscale accepts when it refuses one", async () => {
  const error = await errorFor({ status: 409, json: { message: "Public key is invalid" } });
  expect(error.message).toContain(
    "Public key is invalid. Exoscale documents ssh-ed25519 and ssh-rsa keys; short RSA keys and other types",
  );
});

test("takes a 404 with a web page for a wrong endpoint, not for an absence", async () => {
  const error = await errorFor({ status: 404, text: "<html>", headers: { "Content-Type": "text/html" } });
  expect(error).not.toBeInstanceOf(NotFoundError);
  expect(error.message).toContain("check that the endpoint is right and ends in /v2");
});

test("does not follow a redirect with a signed request", async () => {
  const error = await errorFor({ status: 302, headers: { Location: "/v2/elsewhere" } });
  expect(error.status).toBe(302);
});

test("reports a success that is not JSON as an error", async () => {
  const error = await errorFor({ status: 200, text: "welcome" });
  expect(error.message).toContain("answered 200 to PUT /instance: an answer that is not JSON");
});

test("gives each kind of refusal a code of its own", async () => {
  const codes = await Promise.all([404, 401, 403, 500].map(async (status) => (await errorFor({ status })).code));
  expect(codes).toEqual(["API_NOT_FOUND", "API_CREDENTIALS_REJECTED", "API_PERMISSION_DENIED", "API_REFUSED"]);
});

test.each(["", "api.exoscale.com", "ftp://host/v2", "https://host/v2?x=1"])("refuses %j as an endpoint", (endpoint) => {
  expect(() => new Api({ endpoint, credentials: "unsigned", clock: fakeClock() })).toThrow(InvalidNameError);
});

test("does not repeat a password of an endpoint", () => {
  const endpoint = "https://me:hush@host/v2";
  expect(() => new Api({ endpoint, credentials: "unsigned" })).toThrow(
    /"https:\/\/host\/v2" is not a valid API endpoint/,
  );
});
