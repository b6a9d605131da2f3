import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import {
  type ApiDocument,
  answerSchema,
  apiDocument,
  bodySchema,
  type Operation,
  type Schema,
  whySkipped,
} from "./document";
import { Types } from "./types";

const schemas: Record<string, Schema> = {
  size: { type: "string", enum: ["big", "small"] },
  ship: {
    type: "object",
    required: ["name"],
    properties: {
      name: { type: "string" },
      tons: { type: "integer" },
      size: { $ref: "#/components/schemas/size" },
      crew: { type: "array", items: { type: "string" } },
      labels: { type: "object", additionalProperties: { type: "string" } },
      captain: { type: "string", nullable: true },
    },
  },
};

const SHIPS = `
  export interface Same { size?: "big" | "small"; name: string; crew?: readonly string[]; captain?: string | null }
  export interface Painted { name: string; color?: string }
  export interface Optional { name?: string }
  export interface Nameless { tons?: number; labels?: Record<string, string> }
  export interface Worded { name: string; tons?: string }
  export interface Huge { name: string; size?: "big" | "huge" }
  export interface Any { name: string; size?: string }
  export interface Lonely { name: string; crew?: string }
  export interface Numbered { name: string; crew?: number[] }
  export interface Listed { name: string; labels?: string[] }
  export interface Null { name: string | null }
  export type Size = "big";
`;

const withDocument = apiDocument ? describe : describe.skip;

withDocument(`The provider's types of requests and answers, against Exoscale's document${whySkipped}`, () => {
  const folder = resolve(__dirname, "../../provider/exoscale");
  const document: ApiDocument = apiDocument ?? { paths: {}, components: { schemas: {} } };
  const operations = new Map<string, Operation>(
    Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map((operation) => [operation.operationId, operation] as const),
    ),
  );
  let types: Types;
  beforeAll(() => {
    const files = readdirSync(folder).map((file) => join(folder, file));
    types = new Types(files, document);
  }, 120_000);

  /** The schema of an operation's answer, or of the items of a list in it. */
  const answer = (operationId: string, list?: string): Schema | undefined => {
    const operation = operations.get(operationId);
    const schema = operation && answerSchema(operation);
    return list === undefined ? schema : schema?.properties?.[list]?.items;
  };

  test.each([
    ["Zone", "list-zones", "zones"],
    ["SshKey", "list-ssh-keys", "ssh-keys"],
    ["SshKey", "get-ssh-key", undefined],
    ["InstanceSummary", "list-instances", "instances"],
    ["Instance", "get-instance", undefined],
    ["InstancePool", "list-instance-pools", "instance-pools"],
    ["InstanceType", "list-instance-types", "instance-types"],
    ["Template", "list-templates", "templates"],
    ["SecurityGroup", "get-security-group", undefined],
    ["AntiAffinityGroup", "get-anti-affinity-group", undefined],
  ])("%s is what %s answers", (type, operationId, list) => {
    expect(types.differences(type, answer(operationId, list), "answer")).toEqual([]);
  });

  test("Operation is what every change answers, and has what start and stop say against the document", () => {
    const differences = types.differences("Operation", answer("get-operation"), "answer");
    expect(differences).toEqual(["Operation/resource is not declared"]);
  });

  test.each([
    ["CreateInstance", "create-instance"],
    ["InstanceUpdate", "update-instance"],
    ["InstancePoolUpdate", "update-instance-pool"],
    ["CreateSecurityGroup", "create-security-group"],
    ["SecurityGroupRule", "add-rule-to-security-group"],
  ])("%s is what %s takes", (type, operationId) => {
    const operation = operations.get(operationId);
    expect(types.differences(type, operation && bodySchema(operation), "request")).toEqual([]);
  });
});

describe("A type that", () => {
  const directory = mkdtempSync(join(tmpdir(), "types-test-"));
  let types: Types;
  beforeAll(() => {
    const file = join(directory, "ships.ts");
    writeFileSync(file, SHIPS);
    types = new Types([file], { components: { schemas } });
  }, 120_000);
  afterAll(() => rmSync(directory, { recursive: true }));

  const ship: Schema = { $ref: "#/components/schemas/ship" };

  test.each([
    ["has an undeclared member", "Painted", "Painted/color is not declared"],
    ["makes an option of what is required", "Optional", "Optional/name is required"],
    ["lacks what is required", "Nameless", "Nameless/name is required"],
    ["has another kind of value", "Worded", "Worded/tons is a integer"],
    ["has a value that the document lacks", "Huge", "Huge/size is never huge"],
    ["takes any text for one of a few", "Any", "Any/size is one of big, small"],
    ["has one thing for a list", "Lonely", "Lonely/crew is a list"],
    ["has a list of other things", "Numbered", "Numbered/crew/* is a string"],
    ["has a list for a map", "Listed", "Listed/labels is no list"],
    ["allows null where the document does not", "Null", "Null/name is never null"],
  ])("%s is told so", (_how, type, difference) => {
    expect(types.differences(type, ship, "request")).toEqual([difference]);
  });

  test("says the same as the document passes, in its own order and with less in it", () => {
    expect(types.differences("Same", ship, "request")).toEqual([]);
  });

  test("does not know every value of an answer is told so", () => {
    expect(types.differences("Size", schemas["size"], "answer")).toEqual(["Size may be small"]);
  });
});
