import { readdirSync } from "node:fs";
import { join } from "node:path";
import { resources } from "../../provider/resources";
import { fieldsMarked } from "../../provider/resources/contract/description";
import { fileName } from "../../tools/generate/file_name";
import { namesWhere, type Property, read, resource, root, schema } from "./schema";

const everything = { ...schema.resources, ...schema.functions };
const willReplace = ({ willReplaceOnChanges }: Property) => willReplaceOnChanges === true;
const isForced = ({ replaceOnChanges }: Property) => replaceOnChanges === true;

describe("A changed input makes a new object, says schema.json,", () => {
  test.each([
    ["SshKeyPair", ["algorithm", "ecdsaCurve", "name", "privateKey", "publicKey", "rsaBits", "triggers"], ["triggers"]],
    ["Instance", ["antiAffinityGroups", "sshKeys", "template", "zone"], ["zone"]],
    ["SecurityGroup", ["description", "name"], []],
    ["AuthorizedKey", ["connection", "publicKey", "user"], []],
  ])("of %s: %j, and whatever the provider thinks: %j", (name, replacing, forced) => {
    const { inputProperties, properties } = resource(name);
    expect(namesWhere(inputProperties, willReplace)).toEqual(replacing);
    expect(namesWhere(inputProperties, isForced)).toEqual(forced);
    expect(namesWhere(properties, isForced)).toEqual(forced);
  });

  test.each(Object.values(resources))("whenever the diff of $name says so without more ado", ({ name, inputs }) => {
    const replacing = namesWhere(resource(name).inputProperties, willReplace);
    expect(replacing).toEqual(expect.arrayContaining(fieldsMarked(inputs, "replaces")));
  });

  test.each(Object.values(resources))("and is not forced where $name compares in its own way", (described) => {
    const forced = namesWhere(resource(described.name).inputProperties, isForced);
    expect(forced.filter((name) => name in described.sameValue)).toEqual([]);
  });
});

describe("schema.json", () => {
  test.each(Object.keys(schema.resources))("lets %s take over what the dynamic resource of that name made", (token) => {
    const type = token.replace("exoscale-ssh:index:", "pulumi-nodejs:dynamic/exoscale-ssh:");
    expect(schema.resources[token]?.aliases).toEqual([{ type }]);
  });

  test("gives the settings the environment as a default, and never the inputs of a provider", () => {
    const { config, provider } = schema;
    const variables = Object.values(config.variables).flatMap(({ defaultInfo }) => defaultInfo?.environment);
    expect(variables).toEqual([
      "EXOSCALE_API_KEY",
      "EXOSCALE_API_SECRET",
      "EXOSCALE_ZONE",
      "EXOSCALE_API_ENDPOINT",
      "EXOSCALE_SSH_PORT",
    ]);
    expect(Object.keys(provider.inputProperties)).toEqual(Object.keys(config.variables));
    expect(namesWhere(provider.inputProperties, ({ defaultInfo }) => defaultInfo !== undefined)).toEqual([]);
  });

  test.each(Object.keys(schema.resources))("says how %s is imported, or that it cannot be", (token) => {
    const [, importing = ""] = schema.resources[token]?.description.split("\n## Import\n") ?? [];
    expect(importing).toMatch(token.endsWith(":AuthorizedKey") ? "cannot be imported" : `pulumi import ${token} `);
  });
});

describe("The examples in schema.json", () => {
  test.each(Object.keys(everything))("are, of %s, the files in TypeScript and in YAML", (token) => {
    const file = `docs/examples/plugin/${fileName(token.replace(/.*:/, ""))}`;
    const description = everything[token]?.description ?? "";
    const [, examples = ""] = /\{\{% examples %\}\}([\s\S]+)\{\{% \/examples %\}\}/.exec(description) ?? [];
    expect(examples).toContain(`\`\`\`typescript\n${read(`${file}.ts`).trim()}\n\`\`\`\n`);
    expect(examples).toContain(`\`\`\`yaml\n${read(`${file}.yaml`).trim()}\n\`\`\`\n`);
    expect(read(`${file}.yaml`)).toContain(token.replace(":index:", ":"));
  });

  test("are all the files that there are", () => {
    const named = Object.keys(everything).map((token) => fileName(token.replace(/.*:/, "")));
    const files = readdirSync(join(root, "docs/examples/plugin"));
    expect(files.sort()).toEqual(named.flatMap((name) => [`${name}.ts`, `${name}.yaml`]).sort());
  });
});
