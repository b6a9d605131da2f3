/** Signatures. The vectors come from other clients, the refusal from the tests of Exoscale's Python client. */
import { createHmac } from "node:crypto";
import { isSignedBy } from "../../../emulator/api/signature";
import vectors from "../../exoscale/signing_vectors.json";
import { authorization, closeAll, start } from "../world";

afterEach(closeAll);

test.each(vectors)("accepts what another client signed: $method $path", (vector) => {
  const names = Object.keys(vector.query).sort();
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(vector.query)) query.append(name, String(value));
  const signed = names.length > 0 ? `,signed-query-args=${names.join(";")}` : "";
  const request = {
    method: vector.method,
    url: `${vector.path}?${query}`,
    body: Buffer.from(vector.body),
    authorization: `EXO2-HMAC-SHA256 credential=${vector.key}${signed},expires=${vector.expires},signature=${vector.signature}`,
  };
  expect(isSignedBy(request, vector.key, vector.secret, { now: 0 })).toBe(true);
  expect(isSignedBy({ ...request, body: Buffer.from("x") }, vector.key, vector.secret, { now: 0 })).toBe(false);
  expect(isSignedBy(request, vector.key, `${vector.secret}x`, { now: 0 })).toBe(false);
  expect(isSignedBy(request, vector.key, vector.secret, { now: vector.expires * 1000 })).toBe(false);
});

test("refuses a query argument that the signature leaves out", () => {
  const header = authorization("s", { method: "GET", path: "/v2/template", key: "k" });
  expect(
    isSignedBy(
      { method: "GET", url: "/v2/template?visibility=private", body: Buffer.alloc(0), authorization: header },
      "k",
      "s",
      { now: 0 },
    ),
  ).toBe(false);
});

test("answers 403 to a request without a valid signature", async () => {
  const { emulator } = await start({ guests: "none" });
  const response = await fetch(`${emulator.endpoint}/ssh-key`);
  expect(response.status).toBe(403);
  expect(await response.json()).toEqual({ message: "Invalid request signature" });
});

test("answers 403 to a signature that has expired", async () => {
  const { emulator } = await start({ guests: "none", apiKey: "k", apiSecret: "s" });
  const header = authorization("s", { method: "GET", path: "/v2/ssh-key", key: "k", expires: 1_700_000_000 });
  const response = await fetch(`${emulator.endpoint}/ssh-key`, { headers: { authorization: header } });
  expect(response.status).toBe(403);
});

test("verifies the path as it was percent-encoded on the wire", async () => {
  const { client } = await start({ guests: "none" });
  expect((await client.send("GET", "/ssh-key/a%20b")).status).toBe(404);
});

test("accepts only the new secret after a rotation", async () => {
  const { emulator, client } = await start({ guests: "none", apiKey: "k", apiSecret: "old" });
  emulator.rotateSecret("new");
  const header = authorization("old", { method: "GET", path: "/v2/ssh-key", key: "k" });
  const stale = await fetch(`${emulator.endpoint}/ssh-key`, { headers: { authorization: header } });
  expect(stale.status).toBe(403);
  expect((await client.send("GET", "/ssh-key")).status).toBe(200);
});

/** Whether the emulator accepts a request that is signed like this. @param names the content of `signed-query-args` */
function takes(query: string, values: string, names: string): boolean {
  const url = `/v2/instance${query}`;
  const expires = 2_000_000_000;
  const signature = createHmac("sha256", "s").update(`GET /v2/instance\n\n${values}\n\n${expires}`).digest("base64");
  const authorization = `EXO2-HMAC-SHA256 credential=k${names},expires=${expires},signature=${signature}`;
  return isSignedBy({ method: "GET", url, body: Buffer.alloc(0), authorization }, "k", "s", { now: 0 });
}

// Clients differ in these points, and the real API accepts all of them.
test.each([
  ["values are signed as they decode, joined by nothing", "?b=2%203&a=1", "12 3", ",signed-query-args=a;b", true],
  ["a plus stands for a blank", "?a=1+2", "1 2", ",signed-query-args=a", true],
  ["an argument with several values is left out", "?a=1&a=2&b=3", "3", ",signed-query-args=b", true],
  ["or is named and adds no value", "?a=1&a=2&b=3", "3", ",signed-query-args=a;b", true],
  ["an empty argument may be named", "?a=", "", ",signed-query-args=a", true],
  ["an empty argument may be left out", "?a=", "", "", true],
  ["no other argument may be left out", "?a=1", "", "", false],
])("of a query, %s", (_what, query, values, names, taken) => {
  expect(takes(query, values, names)).toBe(taken);
});

test("accepts the same signature until it expires, because clients repeat it", async () => {
  const { emulator } = await start({ guests: "none", apiKey: "k", apiSecret: "s" });
  const headers = { authorization: authorization("s", { method: "GET", path: "/v2/ssh-key", key: "k" }) };
  const get = async () => (await fetch(`${emulator.endpoint}/ssh-key`, { headers })).status;
  expect([await get(), await get()]).toEqual([200, 200]);
});

test.each(["/ssh-key", "/instance", "/no-such-thing"])(
  "answers %s without a signature with 403, never 401",
  async (path) => {
    const { emulator } = await start({ guests: "none" });
    expect((await fetch(`${emulator.endpoint}${path}`)).status).toBe(403);
  },
);
