import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { functions, resources } from "../../provider/resources";
import { fieldsMarked } from "../../provider/resources/contract/description";
import { pulumiSchema } from "../../tools/generate/pulumi_schema";
import { registryTexts } from "../../tools/generate/registry";
import { classesSource } from "../../tools/generate/typescript";
import {
  namesWhere,
  type Properties,
  type Property,
  propertiesWhere,
  read,
  root,
  type Shape,
  schema,
  shapes,
} from "./schema";

const [described, asked] = [Object.values(resources), Object.values(functions)];

describe("What is generated follows from the descriptions: npm run generate changes nothing", () => {
  test("schema.json", () => {
    const manifest = JSON.parse(read("package.json"));
    const anew = `${JSON.stringify(pulumiSchema(manifest, described, asked, registryTexts(root)), null, 2)}\n`;
    expect(formatted("schema.json", anew)).toBe(read("schema.json"));
  });

  test("the typed classes", () => {
    const file = "provider/dynamic/resources.gen.ts";
    expect(formatted(file, `${classesSource(described, asked)}\n`)).toBe(read(file));
  });
});

describe("schema.json", () => {
  test("refers only to types that it has", () => {
    const known = ["pulumi.json#/Any", ...Object.keys(schema.types).map((token) => `#/types/${token}`)];
    const used = Object.values(shapes).flatMap(({ properties }) => Object.values(properties).flatMap(references));
    expect(used.filter((reference) => !known.includes(reference))).toEqual([]);
  });

  test("has no type that nothing uses", () => {
    const used = Object.values(shapes).flatMap(({ properties }) => Object.values(properties).flatMap(references));
    expect(Object.keys(schema.types).filter((token) => !used.includes(`#/types/${token}`))).toEqual([]);
  });

  test("requires only properties that exist", () => {
    const missing = ([name, { properties, required }]: [string, Shape]) =>
      required.filter((property) => !(property in properties)).map((property) => `${name}: ${property}`);
    expect(Object.entries(shapes).flatMap(missing)).toEqual([]);
  });

  test("describes every property, type and value in sentences", () => {
    const isNoSentence = ({ description = "" }) => !/^[A-Z]\S*.*[^ ]\.$/s.test(description);
    const values = Object.values(schema.types).flatMap((type) => [type, ...(type.enum ?? [])]);
    expect(propertiesWhere(isNoSentence)).toEqual([]);
    expect([schema, schema.provider, ...values].filter(isNoSentence)).toEqual([]);
  });

  test("gives no resource a property that Pulumi keeps for itself", () => {
    const names = Object.values(schema.resources).flatMap(({ properties }) => Object.keys(properties));
    expect(names.filter((name) => ["id", "urn", "pulumi", "provider", "__provider"].includes(name))).toEqual([]);
  });

  test("keeps to itself what is passed between front and core only", () => {
    const hidden = described.flatMap(({ inputs, outputs }) => fieldsMarked(inputs.extend(outputs.shape), "hidden"));
    expect(new Set(hidden)).toEqual(new Set(["identity", "autoNamed", "owner", "unfinished", "keysUnsettled"]));
    expect(Object.values(shapes).flatMap(({ properties }) => hidden.filter((name) => name in properties))).toEqual([]);
  });
});

describe("schema.json marks as secret, in inputs and outputs,", () => {
  test("the credentials", () => {
    expect(secrets(schema.config.variables)).toEqual(["apiKey", "apiSecret"]);
    expect(secrets(schema.provider.inputProperties)).toEqual(["apiKey", "apiSecret"]);
  });

  test.each([
    [
      "SshKeyPair",
      ["connection", "passphrase", "privateKey"],
      ["privateKeyOpenssh", "privateKeyPem", "privateKeyPutty"],
    ],
    ["Instance", ["connection", "userData"], []],
    ["SecurityGroup", [], []],
    ["AuthorizedKey", ["connection"], []],
  ])("those of %s: %j, and as outputs besides %j", (name, inputs, outputs) => {
    const resource = schema.resources[`exoscale-ssh:index:${name}`];
    expect(secrets(resource?.inputProperties)).toEqual(inputs);
    expect(secrets(resource?.properties)).toEqual([...inputs, ...outputs]);
  });

  test.each(described)("every field of $name that its description marks", ({ name, inputs, outputs }) => {
    const marked = fieldsMarked(inputs.extend(outputs.shape), "secret");
    expect(secrets(schema.resources[`exoscale-ssh:index:${name}`]?.properties)).toEqual(marked.sort());
  });
});

function formatted(file: string, text: string): string {
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  const command = [biome, "format", `--stdin-file-path=${file}`];
  return execFileSync(process.execPath, command, { cwd: root, input: text, encoding: "utf8" });
}

function references({ $ref, items, additionalProperties }: Property): string[] {
  const inner = [items, additionalProperties].filter((part) => part !== undefined);
  return [...($ref === undefined ? [] : [$ref]), ...inner.flatMap(references)];
}

function secrets(properties: Properties = {}): string[] {
  return namesWhere(properties, ({ secret }) => secret === true);
}
