import type { z } from "zod";
import { type Setting, settings } from "../../provider/settings";
import { type Choice, described, type NamedType, type Property, type TypeNode } from "./described";

interface Package {
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly homepage: string;
  readonly keywords: readonly string[];
}

interface Subject {
  readonly name: string;
  /** What it is, in one paragraph. */
  readonly description: string;
  readonly inputs: z.ZodObject;
}

interface ResourceDescription extends Subject {
  readonly outputs: z.ZodObject;
}

interface FunctionDescription extends Subject {
  readonly outputs: z.ZodType;
}

/** The whole text about a resource or function: what it is, and whatever the registry and the SDKs show besides. */
export type Text = (subject: Pick<Subject, "name" | "description">) => string;

/** Namespace of all tokens: `exoscale-ssh:index:SshKeyPair`. */
const namespace = "exoscale-ssh";

/** For the registry: implemented for Pulumi itself, not bridged from Terraform. */
const registryKeywords = ["kind/native"];

/**
 * Without names of packages: there is no place yet where SDKs are published, and `pulumi package add` makes them with the
 * usual names, `@pulumi/exoscale-ssh` and `pulumi_exoscale_ssh`.
 */
const language = {
  nodejs: { respectSchemaVersion: true },
  python: { respectSchemaVersion: true, pyproject: { enabled: true } },
  go: { respectSchemaVersion: true },
  csharp: { respectSchemaVersion: true },
  java: {},
};

/** The package's public contract in Pulumi's schema language. */
export function pulumiSchema(
  { version, description, license, homepage, keywords }: Package,
  resources: readonly ResourceDescription[],
  functions: readonly FunctionDescription[],
  text: Text,
): object {
  const types = new Map<string, object>();
  const use: Use = (object, io) => {
    const used = described(object, io);
    for (const choice of used.choices) types.set(token(choice.name), choiceSchema(choice));
    for (const type of used.types) types.set(token(type.name), objectSchema(type));
    return used.properties;
  };
  const schemas = {
    resources: Object.fromEntries(resources.map((each) => [token(each.name), resourceSchema(each, text, use)])),
    functions: Object.fromEntries(functions.map((each) => [token(each.name), functionSchema(each, text, use)])),
  };
  return {
    name: namespace,
    displayName: "Exoscale SSH",
    version,
    description: `${description}.`,
    license,
    // Without `repository`: the generator for Go would take the module path from it, which programs import.
    homepage,
    keywords: [...keywords, ...registryKeywords],
    language,
    config: { variables: variables(({ environment }) => ({ defaultInfo: { environment: [environment] } })) },
    provider: {
      description:
        "An Exoscale account. Where a program declares none, the stack's configuration is the account of all its resources.",
      inputProperties: variables(() => ({})),
    },
    types: Object.fromEntries(types),
    ...schemas,
  };
}

type Use = (object: z.ZodType, io: "input" | "output") => readonly Property[];

function resourceSchema(resource: ResourceDescription, text: Text, use: Use): object {
  const { name, inputs, outputs } = resource;
  const given = use(inputs, "input");
  const made = use(inputs.extend(outputs.shape), "output");
  const forcing = given.filter(({ replacement }) => replacement === "always").map((field) => field.name);
  return {
    description: text(resource),
    inputProperties: properties(given, inputSchema),
    requiredInputs: required(given),
    // Among the outputs, because that is where SDKs look for `replaceOnChanges`.
    properties: properties(made, (field) => ({ ...propertySchema(field), ...replacing(forcing.includes(field.name)) })),
    required: required(made),
    // A stack of the dynamic resources goes over to the plugin with nothing made anew.
    aliases: [{ type: `pulumi-nodejs:dynamic/${namespace}:${name}` }],
  };
}

function functionSchema(fn: FunctionDescription, text: Text, use: Use): object {
  const given = use(fn.inputs, "input");
  const answered = use(fn.outputs, "output");
  return {
    description: text(fn),
    inputs: { type: "object", properties: properties(given, inputSchema), required: required(given) },
    outputs: { type: "object", properties: properties(answered, propertySchema), required: required(answered) },
  };
}

function objectSchema({ description, properties: fields }: NamedType): object {
  return { type: "object", description, properties: properties(fields, propertySchema), required: required(fields) };
}

function choiceSchema({ description, values }: Choice): object {
  return { type: "string", description, enum: values.map((each) => ({ name: pascalCase(each.value), ...each })) };
}

/** `instance-pool` is `InstancePool` in every language, before each makes its own spelling of it. */
function pascalCase(value: string): string {
  return value.replace(/(?:^|[^a-zA-Z0-9]+)([a-zA-Z0-9])/g, (_, first: string) => first.toUpperCase());
}

/**
 * The settings. Only as configuration do they have the environment as a default for SDKs: of a provider's inputs an SDK
 * would read the variables in the program and hand them over as inputs. A state would then hold the credentials of the
 * environment, `pulumi destroy` would go on with them after they were changed, and a variable that a colleague lacks would
 * look like a change of the provider. The plugin reads the variables itself.
 */
function variables(defaults: (setting: Setting) => object): object {
  return Object.fromEntries(
    Object.entries(settings).map(([name, setting]) => {
      const { description, secret, type = "string", environment } = setting;
      const text = `${description} Where it is not given, the environment variable \`${environment}\` counts.`;
      return [name, { type, description: text, ...(secret && { secret }), ...defaults(setting) }];
    }),
  );
}

function properties(fields: readonly Property[], schemaOf: (field: Property) => object): object {
  return Object.fromEntries(fields.map((field) => [field.name, schemaOf(field)]));
}

function inputSchema(field: Property): object {
  const { replaces, replacement, default: value } = field;
  return {
    ...propertySchema(field),
    ...replacing(replacement === "always"),
    ...((replaces || replacement !== undefined) && { willReplaceOnChanges: true }),
    ...(value !== undefined && { default: value }),
  };
}

function replacing(isForced: boolean): object {
  return isForced ? { replaceOnChanges: true } : {};
}

function propertySchema({ type, description, secret }: Property): object {
  return { ...typeSchema(type), description: enumerated(type, description), ...(secret && { secret }) };
}

/** A program in YAML has no type to look at. */
function enumerated(type: TypeNode, description: string): string {
  return type.kind === "enum"
    ? `${description} One of ${type.values.map(({ value }) => `\`${value}\``).join(", ")}.`
    : description;
}

function typeSchema(type: TypeNode): object {
  switch (type.kind) {
    case "any":
      return { $ref: "pulumi.json#/Any" };
    case "array":
      return { type: "array", items: typeSchema(type.items) };
    case "map":
      return { type: "object", additionalProperties: typeSchema(type.items) };
    case "enum":
      return { type: "string", $ref: `#/types/${token(type.name)}` };
    case "object":
      return { $ref: `#/types/${token(type.name)}` };
    default:
      return { type: type.kind };
  }
}

function required(fields: readonly Property[]): string[] {
  return fields.filter((field) => field.required).map(({ name }) => name);
}

function token(name: string): string {
  return `${namespace}:index:${name}`;
}
