import type { Exchange } from "../../emulator";
import { startEmulator } from "../emulated";
import { Client } from "../emulator/world";
import { type ApiDocument, apiDocument, whySkipped } from "./document";
import { Judge } from "./judge";

/** A document of one operation, in Exoscale's style. */
const document: ApiDocument = {
  paths: {
    "/ship/{id}:load": {
      put: {
        operationId: "load-ship",
        parameters: [
          { name: "id", in: "path", required: true, schema: { type: "string", format: "uuid" } },
          { name: "deck", in: "query", required: false, schema: { type: "integer" } },
        ],
        requestBody: {
          required: true,
          content: {
            "application/json": {
              schema: {
                type: "object",
                required: ["crates"],
                properties: {
                  crates: { type: "array", items: { $ref: "#/components/schemas/crate" } },
                  tons: { type: "integer", minimum: 0, exclusiveMinimum: true },
                  label: { $ref: "#/components/schemas/label", nullable: true },
                },
              },
            },
          },
        },
        responses: { 200: { content: { "application/json": { schema: { $ref: "#/components/schemas/crate" } } } } },
      },
    },
  },
  components: {
    schemas: {
      label: { type: "string" },
      crate: { type: "object", properties: { name: { type: "string", enum: ["big", "small"] } } },
    },
  },
};

const path = "/v2/ship/7c0c3b8e-1f0e-4b5e-9d43-0d1b7e0c7a10:load";
const refusal = { status: 409, answered: '{"message":"The ship has left"}' };

/** The deviations of an exchange that is correct but for these changes. */
function deviations(change: Partial<Exchange & Exchange["request"]>): string[] {
  const right = {
    agent: "a program",
    sent: '{"crates":[{"name":"big"}]}',
    answered: '{"name":"small"}',
    fault: undefined,
  };
  const { at, zone, method, status, ms } = { at: 0, zone: "ch-gva-2", method: "PUT", status: 200, ms: 1, ...change };
  const request = { at, zone, method, path: change.path ?? path, status, ms };
  return new Judge(document).deviations({ ...right, ...change, request });
}

test("finds nothing wrong with an exchange that the document allows", () => {
  expect(deviations({})).toEqual([]);
  expect(deviations({ path: `${path}?deck=2`, sent: '{"crates":[],"tons":1,"label":null}' })).toEqual([]);
});

test.each([
  ["a missing member", { sent: "{}" }, "/crates is missing"],
  ["a member that nobody declared", { sent: '{"crates":[],"color":"red"}' }, "/color is not declared"],
  ["a wrong type", { sent: '{"crates":"all"}' }, "/crates must be array"],
  ["a wrong member in a list", { sent: '{"crates":[{},{"name":"huge"}]}' }, "/crates/*/name must be one of big, small"],
  ["a bound that is not to be reached", { sent: '{"crates":[],"tons":0}' }, "/tons must be > 0"],
  ["no body", { sent: "" }, "body is missing"],
  ["a body that is no JSON", { sent: "crates" }, "body is not JSON"],
  ["an id that is none", { path: "/v2/ship/7:load" }, '/id must match format "uuid"'],
  ["an undeclared query parameter", { path: `${path}?mast=1` }, "/mast is not declared"],
  ["a query parameter of another type", { path: `${path}?deck=upper` }, "/deck must be integer"],
])("reports a request with %s", (_what, change, rule) => {
  expect(deviations(change)).toEqual([`load-ship request: ${rule}`]);
});

test.each([
  ["an undeclared member", { answered: '{"weight":1}' }, "/weight is not declared"],
  ["a wrong value", { answered: '{"name":"huge"}' }, "/name must be one of big, small"],
  ["a status that nobody has seen", { ...refusal, status: 401 }, "status 401 was never seen"],
  ["an error of the emulator's own", { ...refusal, status: 500 }, "status 500 was never seen"],
  ["a refusal without a message", { ...refusal, answered: "{}" }, "/message is missing"],
  [
    "findings beside another status than 400",
    { status: 409, answered: '{"message":"x","errors":[]}' },
    "/errors is not declared",
  ],
])("reports an answer with %s", (_what, change, rule) => {
  expect(deviations(change)).toEqual([`load-ship answer: ${rule}`]);
});

test("reports an operation that the document does not have, once it is answered", () => {
  const sunk = deviations({ path: "/v2/ship/7:sink" });
  expect(sunk).toEqual([
    "PUT /v2/ship/7:sink request: there is no such operation",
    "PUT /v2/ship/7:sink answer: 200 is not declared",
  ]);
  expect(deviations({ path: "/v2/ship/7:sink", status: 404, answered: '{"message":"Resource not found"}' })).toEqual(
    [],
  );
});

test("reports a refused bad request only when it is the provider's", () => {
  expect(deviations({ ...refusal, sent: "{}" })).toEqual([]);
  const ours = { ...refusal, sent: "{}", agent: "pulumi-exoscale-ssh" };
  expect(deviations(ours)).toEqual(["load-ship request: /crates is missing"]);
});

test("reports what is not emulated only when the provider asks for it", () => {
  const lost = { status: 501, answered: '{"message":"The emulator has no ships"}' };
  expect(deviations(lost)).toEqual([]);
  expect(deviations({ ...lost, agent: "pulumi-exoscale-ssh" })).toEqual([
    "load-ship answer: status 501 was never seen",
  ]);
});

test("does not report an answer that a test has ordered", () => {
  expect(deviations({ fault: "status", status: 500, answered: "oops" })).toEqual([]);
  expect(deviations({ fault: "lost-reply", status: 0, answered: "" })).toEqual([]);
});

test("shows no value of a request, because it may be a secret", () => {
  const said = deviations({ sent: '{"crates":["a password"],"label":{"deep":"a password"}}' });
  expect(said).not.toEqual([]);
  expect(said.join()).not.toContain("a password");
});

const withDocument = apiDocument ? test : test.skip;

withDocument(
  `hears every exchange with the emulator of any test, by Exoscale's own document${whySkipped}`,
  async () => {
    const emulator = await startEmulator({ guests: "none", zones: ["ch-gva-2"] });
    const client = new Client(emulator);
    await client.send("POST", "/instance", await client.order({ "disc-colour": "red" }));
    await expect(emulator.close()).rejects.toThrow("create-instance request: /disc-colour is not declared");
  },
);
