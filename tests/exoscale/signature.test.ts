import { authorization } from "../../provider/exoscale/signature";
import vectors from "./signing_vectors.json";

const request = { method: "GET", path: "/v2/ssh-key", query: {}, body: "" };
const credentials = { apiKey: "EXOkey", apiSecret: "secret" };

// The vectors were made by Exoscale's own clients, so this code and its test cannot be wrong together.
test.each(vectors)("signs $method $path as Exoscale's clients do ($source)", (vector) => {
  const { method, path, body, key, secret, expires, signature } = vector;
  const query = Object.fromEntries(Object.entries(vector.query));
  const header = authorization({ method, path, body, query }, { apiKey: key, apiSecret: secret }, expires);
  expect(header).toMatch(new RegExp(`^EXO2-HMAC-SHA256 credential=${key},`));
  expect(header.endsWith(`expires=${expires},signature=${signature}`)).toBe(true);
});

test("names no query arguments when there are none", () => {
  const header = authorization(request, credentials, 1750000000);
  expect(header).toMatch(/^EXO2-HMAC-SHA256 credential=EXOkey,expires=1750000000,signature=[A-Za-z0-9+/]{43}=$/);
});

test("names the signed query arguments in the order of their names", () => {
  const query = { visibility: "public", family: "debian" };
  expect(authorization({ ...request, query }, credentials, 1750000000)).toContain(
    "credential=EXOkey,signed-query-args=family;visibility,expires=1750000000,",
  );
});
