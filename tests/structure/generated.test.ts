import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { functions, resources } from "../../provider/resources";
import { fieldsMarked } from "../../provider/resources/contract/description";
import { pulumiSchema } from "../../tools/generate/pulumi_schema";
import { classesSource } from "../../tools/generate/typescript";

const root = resolve(__dirname, "../..");
const [described, asked] = [Object.values(resources), Object.values(functions)];

interface Property {
  readonly type?: string;
  readonly $ref?: string;
  readonly description?: string;
  readonly secret?: boolean;
  readonly items?: Property;
  readonly additionalProperties?: Property;
}

type Properties = Readonly<Record<string, Property>>;

interface Shape {
  readonly properties: Properties;
  readonly required: readonly string[];
}

/** Pulumi's schema language, as far as these tests look at it. */
interface Schema {
  readonly config: { readonly variables: Properties };
  readonly provider: { readonly inputProperties: Properties };
  readonly types: Readonly<Record<string, Shape>>;
  readonly resources: Readonly<Record<string, Shape & { inputProperties: Properties; requiredInputs: string[] }>>;
  readonly functions: Readonly<Record<string, { inputs: Shape; outputs: Shape }>>;
}

const schema: Schema = JSON.parse(read("schema.json"));

/** Whatever has properties and says which of them are required, by a name for messages. */
const shapes: Readonly<Record<string, Shape>> = Object.fromEntries([
  ...Object.entries(schema.types),
  ...Object.entries(schema.resources),
  ...Object.entries(schema.resources).map(([token, { inputProperties, requiredInputs }]) => [
    `${token} as input`,
    { properties: inputProperties, required: requiredInputs },
  ]),
  ...Object.entries(schema.functions).flatMap(([token, { inputs, outputs }]) => [
    [`${token} as input`, inputs],
    [`${token} as answer`, outputs],
  ]),
  ["settings", { properties: schema.config.variables, required: [] }],
]);

describe("What is generated follows from the descriptions: npm run generate changes nothing", () => {
  test("schema.json", () => {
    const manifest = JSON.parse(read("package.json"));
    const anew = `${JSON.stringify(pulumiSchema(manifest, described, asked), null, 2)}\n`;
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

  test("describes every property in a sentence", () => {
    expect(propertiesWhere(({ description = "" }) => !/^\S.*\.$/s.test(description))).toEqual([]);
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

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

function formatted(file: string, text: string): string {
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  const command = [biome, "format", `--stdin-file-path=${file}`];
  return execFileSync(process.execPath, command, { cwd: root, input: text, encoding: "utf8" });
}

function references({ $ref, items, additionalProperties }: Property): string[] {
  const inner = [items, additionalProperties].filter((part) => part !== undefined);
  return [...($ref === undefined ? [] : [$ref]), ...inner.flatMap(references)];
}

function propertiesWhere(matches: (property: Property) => boolean): string[] {
  return Object.entries(shapes).flatMap(([shape, { properties }]) =>
    Object.entries(properties)
      .filter(([, property]) => matches(property))
      .map(([name]) => `${shape}: ${name}`),
  );
}

function secrets(properties: Properties = {}): string[] {
  return Object.entries(properties)
    .filter(([, { secret }]) => secret === true)
    .map(([name]) => name)
    .sort();
}
