import { isSignedBy } from "../../emulator/api/signature";
import vectors from "../exoscale/signing_vectors.json";
import { authorization, closeAll, start } from "./world";

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
  expect(isSignedBy(request, vector.key, vector.secret, 0)).toBe(true);
  expect(isSignedBy({ ...request, body: Buffer.from("x") }, vector.key, vector.secret, 0)).toBe(false);
  expect(isSignedBy(request, vector.key, `${vector.secret}x`, 0)).toBe(false);
  expect(isSignedBy(request, vector.key, vector.secret, vector.expires * 1000)).toBe(false);
});

test("refuses a query argument that the signature leaves out", () => {
  const header = authorization("s", { method: "GET", path: "/v2/template", key: "k" });
  expect(
    isSignedBy(
      { method: "GET", url: "/v2/template?visibility=private", body: Buffer.alloc(0), authorization: header },
      "k",
      "s",
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

test("accepts only the new secret once it was rotated", async () => {
  const { emulator, client } = await start({ guests: "none", apiKey: "k", apiSecret: "old" });
  emulator.rotateSecret("new");
  const header = authorization("old", { method: "GET", path: "/v2/ssh-key", key: "k" });
  const stale = await fetch(`${emulator.endpoint}/ssh-key`, { headers: { authorization: header } });
  expect(stale.status).toBe(403);
  expect((await client.send("GET", "/ssh-key")).status).toBe(200);
});

test("tells the zones, with endpoints of its own, to whoever asks", async () => {
  const { emulator } = await start({ guests: "none", zones: ["ch-gva-2", "at-vie-1"] });
  const { zones } = JSON.parse(await (await fetch(`${emulator.endpoint}/zone`)).text());
  expect(zones.map(({ name }: { name: string }) => name)).toEqual(["ch-gva-2", "at-vie-1"]);
  expect(zones[0]["api-endpoint"]).toBe(emulator.endpoint);
  expect(zones[1]["api-endpoint"]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v2$/);
});
