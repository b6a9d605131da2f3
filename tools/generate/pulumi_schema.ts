import type { z } from "zod";
import { settings } from "../../provider/settings";
import { described, type NamedType, type Property, type TypeNode } from "./described";

interface Package {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly keywords: readonly string[];
}

interface ResourceDescription {
  readonly name: string;
  readonly description: string;
  readonly inputs: z.ZodObject;
  readonly outputs: z.ZodObject;
}

interface FunctionDescription extends Omit<ResourceDescription, "outputs"> {
  readonly outputs: z.ZodType;
}

/** Namespace of all tokens: `exoscale-ssh:index:SshKeyPair`. */
const namespace = "exoscale-ssh";

/** The package's public contract in Pulumi's schema language. */
export function pulumiSchema(
  manifest: Package,
  resources: readonly ResourceDescription[],
  functions: readonly FunctionDescription[],
): object {
  const types = new Map<string, NamedType>();
  const use = (object: z.ZodType, io: "input" | "output") => {
    const { properties, types: used } = described(object, io);
    for (const type of used) types.set(type.name, type);
    return properties;
  };
  const schemas = {
    resources: Object.fromEntries(resources.map((resource) => [token(resource.name), resourceSchema(resource, use)])),
    functions: Object.fromEntries(functions.map((fn) => [token(fn.name), functionSchema(fn, use)])),
  };
  const { name: _, version, description, license, keywords } = manifest;
  return {
    name: namespace,
    displayName: "Exoscale SSH",
    version,
    description,
    license,
    keywords,
    config: { variables: variables() },
    provider: { inputProperties: variables() },
    types: Object.fromEntries([...types.values()].map((type) => [token(type.name), objectSchema(type)])),
    ...schemas,
  };
}

type Use = (object: z.ZodType, io: "input" | "output") => readonly Property[];

function resourceSchema({ description, inputs, outputs }: ResourceDescription, use: Use): object {
  const given = use(inputs, "input");
  const made = use(inputs.extend(outputs.shape), "output");
  return {
    description,
    inputProperties: properties(given, true),
    requiredInputs: required(given),
    properties: properties(made, false),
    required: required(made),
  };
}

function functionSchema({ description, inputs, outputs }: FunctionDescription, use: Use): object {
  const given = use(inputs, "input");
  const answered = use(outputs, "output");
  return {
    description,
    inputs: { properties: properties(given, true), required: required(given) },
    outputs: { properties: properties(answered, false), required: required(answered) },
  };
}

function objectSchema({ description, properties: fields }: NamedType): object {
  return { type: "object", description, properties: properties(fields, false), required: required(fields) };
}

function variables(): object {
  return Object.fromEntries(
    Object.entries(settings).map(([name, { description, secret, type = "string", environment }]) => [
      name,
      { type, description, ...(secret && { secret }), defaultInfo: { environment: [environment] } },
    ]),
  );
}

function properties(fields: readonly Property[], asInputs: boolean): object {
  return Object.fromEntries(fields.map((field) => [field.name, propertySchema(field, asInputs)]));
}

function propertySchema({ type, description, secret, replaces, default: value }: Property, asInput: boolean): object {
  return {
    ...typeSchema(type),
    description: enumerated(type, description),
    ...(secret && { secret }),
    ...(asInput && replaces && { willReplaceOnChanges: true }),
    ...(asInput && value !== undefined && { default: value }),
  };
}

/** Values that are allowed stand in the description: an enumeration as a type would be one more name per language. */
function enumerated(type: TypeNode, description: string): string {
  return type.kind === "enum"
    ? `${description} One of ${type.values.map((value) => `\`${value}\``).join(", ")}.`
    : description;
}

function typeSchema(type: TypeNode): object {
  switch (type.kind) {
    case "any":
      return { $ref: "pulumi.json#/Any" };
    case "enum":
      return { type: "string" };
    case "array":
      return { type: "array", items: typeSchema(type.items) };
    case "map":
      return { type: "object", additionalProperties: typeSchema(type.items) };
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
