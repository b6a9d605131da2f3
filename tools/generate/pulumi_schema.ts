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
  /** One paragraph. */
  readonly description: string;
  readonly inputs: z.ZodObject;
}

interface ResourceDescription extends Subject {
  readonly outputs: z.ZodObject;
}

interface FunctionDescription extends Subject {
  readonly outputs: z.ZodType;
}

/** The text about a resource or function for the registry and the SDKs: its description, examples and notes. */
export type Text = (subject: Pick<Subject, "name" | "description">) => string;

/** Namespace of all tokens: `exoscale-ssh:index:SshKeyPair`. */
const NAMESPACE = "exoscale-ssh";

/** Tells the registry that the provider is not bridged from Terraform. */
const registryKeywords = ["kind/native"];

/**
 * Without package names: SDKs are not published yet, and `pulumi package add` uses the default names,
 * `@pulumi/exoscale-ssh` and `pulumi_exoscale_ssh`.
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
    name: NAMESPACE,
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
    // Among the outputs, because SDKs read `replaceOnChanges` there.
    properties: properties(made, (field) => ({ ...propertySchema(field), ...replacing(forcing.includes(field.name)) })),
    required: required(made),
    // So a stack moves from the dynamic resources to the plugin without replacements.
    aliases: [{ type: `pulumi-nodejs:dynamic/${NAMESPACE}:${name}` }],
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

/** `instance-pool` becomes `InstancePool`, which the SDK of each language spells in its own way. */
function pascalCase(value: string): string {
  return value.replace(/(?:^|[^a-zA-Z0-9]+)([a-zA-Z0-9])/g, (_, first: string) => first.toUpperCase());
}

/**
 * The settings. SDKs get the environment variables as defaults for configuration, but not for a provider's inputs: an SDK
 * would read the variables in the program and send them as inputs. The state would then contain credentials from the
 * environment, `pulumi destroy` would use them after a rotation, and a variable that a colleague does not set would look
 * like a change of the provider. The plugin reads the variables itself.
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

/** Lists the values in the description, because a YAML program has no types. */
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
  return `${NAMESPACE}:index:${name}`;
}
