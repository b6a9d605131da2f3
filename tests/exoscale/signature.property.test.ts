/** Signatures of made-up requests, by our code, by Exoscale's own client, and by the emulator's code that checks them. */
import { execFileSync } from "node:child_process";
import { type Arbitrary, array, constantFrom, dictionary, nat, oneof, record, sample, string, uuid } from "fast-check";
import { isSignedBy } from "../../emulator/api/signature";
import { idPath, keyPath } from "../../provider/exoscale/names";
import { authorization } from "../../provider/exoscale/signature";
import { property, settings } from "../properties";

// A Python that has the PyPI package `exoscale`.
const python = process.env["EXOSCALE_PYTHON"];

const text = string({ unit: "binary", maxLength: 20 });
const word = string({ unit: constantFrom(..."abcXYZ09-_."), minLength: 1, maxLength: 8 });
const path = oneof(
  string({ unit: "binary", minLength: 1, maxLength: 20 })
    .filter((name) => !/^\.*$|[/\\%\p{Cc}]/u.test(name))
    .map(keyPath),
  uuid().map((id) => idPath("instance", id)),
  word.map((zone) => `/${zone}`),
).map((end) => `/v2${end}`);
const requests = record({
  method: constantFrom("GET", "POST", "PUT", "DELETE"),
  path,
  query: dictionary(word, oneof(text, constantFrom("", "a b", "a+b", "a&b=c", "1")), { maxKeys: 4 }),
  body: oneof(
    constantFrom(""),
    dictionary(word, oneof(text, array(text))).map((fields) => JSON.stringify(fields)),
  ),
  key: word.map((end) => `EXO${end}`),
  secret: string({ unit: "binary", minLength: 1 }),
  expires: nat(4_000_000_000).map((seconds) => seconds + 1),
});
type Request = typeof requests extends Arbitrary<infer T> ? T : never;

function sign({ key: apiKey, secret: apiSecret, expires, ...covered }: Request): string {
  return authorization(covered, { apiKey, apiSecret }, expires);
}

function urlOf({ path, query }: Request): string {
  const search = new URLSearchParams(query).toString();
  return search === "" ? path : `${path}?${search}`;
}

property("A request is signed as the API's document says, for its own content only", 500, [requests], (request) => {
  const { method, body, key, secret, expires } = request;
  const sent = { method, url: urlOf(request), body: Buffer.from(body), authorization: sign(request) };
  const now = expires * 1000 - 1;
  expect(isSignedBy(sent, key, secret, { now })).toBe(true);
  expect(isSignedBy({ ...sent, body: Buffer.from(`${body} `) }, key, secret, { now })).toBe(false);
  expect(isSignedBy({ ...sent, url: `/x${sent.url}` }, key, secret, { now })).toBe(false);
  expect(isSignedBy(sent, key, `${secret}x`, { now })).toBe(false);
  expect(isSignedBy(sent, key, secret, { now: expires * 1000 })).toBe(false);
});

/** Signs each request of a JSON list as Exoscale's client does when it sends one. */
const program = `
import json, sys
from types import SimpleNamespace
from exoscale_auth import ExoscaleV2Auth
def sign(r):
    request = SimpleNamespace(method=r["method"], url="https://api" + r["url"], body=r["body"].encode(), headers={})
    ExoscaleV2Auth(r["key"], r["secret"])._sign_request(request, r["expires"])
    return request.headers["Authorization"]
json.dump([sign(r) for r in json.load(sys.stdin)], sys.stdout)
`;

const given = python ? test : test.skip;

given("Exoscale's own client signs them the same (skipped where EXOSCALE_PYTHON names no Python that has it)", () => {
  const all = sample(requests, settings(500));
  const input = JSON.stringify(all.map((request) => ({ ...request, url: urlOf(request) })));
  const theirs: string[] = JSON.parse(execFileSync(python ?? "", ["-c", program], { input, encoding: "utf8" }));
  // It leaves out arguments without a value, and we name them: the API takes both.
  const comparable = (request: Request, header = "") => (isFull(request) ? header : header.split("signature=")[1]);
  const pairs = all.map((request, at) => ({ request, header: comparable(request, theirs[at]) }));
  expect(all.map((request) => ({ request, header: comparable(request, sign(request)) }))).toEqual(pairs);
});

function isFull({ query }: Request): boolean {
  return !Object.values(query).includes("");
}
