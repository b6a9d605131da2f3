import type { z } from "zod";
import { type Described, described, type NamedType, type Property, type TypeNode } from "./described";

interface ResourceDescription {
  readonly name: string;
  readonly description: string;
  readonly inputs: z.ZodObject;
  readonly outputs: z.ZodObject;
}

interface FunctionDescription {
  readonly name: string;
  readonly description: string;
  readonly inputs: z.ZodObject;
  readonly outputs: z.ZodType;
}

/** The typed classes of the dynamic front and the types of its functions, with their documentation. */
export function classesSource(
  resources: readonly ResourceDescription[],
  functions: readonly FunctionDescription[],
): string {
  const nested = new Map<string, string>();
  const parts = [
    ...resources.map((resource) => resourceSource(resource, nested)),
    ...functions.map((fn) => functionTypes(fn, nested)),
  ];
  return [
    "// Generated from the descriptions in provider/resources by `npm run generate`. Do not edit.",
    'import type * as pulumi from "@pulumi/pulumi";',
    'import { resources } from "../resources";',
    'import { DescribedResource } from "./described_resource";',
    `import { ${resources
      .map(({ name }) => providerName(name))
      .sort()
      .join(", ")} } from "./providers";`,
    ...nested.values(),
    ...parts,
  ].join("\n\n");
}

function resourceSource(
  { name, description, inputs, outputs }: ResourceDescription,
  nested: Map<string, string>,
): string {
  const given = described(inputs, "input");
  const made = described(inputs.extend(outputs.shape), "output");
  addTypes(nested, given, true);
  addTypes(nested, made, false);
  const optional = given.properties.every(({ required }) => !required);
  const members = made.properties.map(
    (property) =>
      `${doc(property)}\n  declare readonly ${property.name}: pulumi.Output<${plain(property.type)}${always(property) ? "" : " | undefined"}>;`,
  );
  return [
    `/** What a program declares of ${/^[AEIOU]/.test(name) ? "an" : "a"} {@link ${name}}. */`,
    `export interface ${name}Args {`,
    ...given.properties.map(
      (property) => `${doc(property)}\n  ${field(property, item(input(property.type), property.resource))}`,
    ),
    "}",
    "",
    `/** ${description} */`,
    `export class ${name} extends DescribedResource {`,
    ...members,
    "",
    `  /**\n   * @param name logical name within the stack\n   * @param args what is declared; see {@link ${name}Args}\n   * @param opts Pulumi's own options\n   */`,
    `  constructor(name: string, args: ${name}Args${optional ? " = {}" : ""}, opts?: pulumi.CustomResourceOptions) {`,
    `    super(${providerName(name)}, resources.${name}, name, args, opts);`,
    "  }",
    "}",
  ].join("\n");
}

function functionTypes(
  { name, description, inputs, outputs }: FunctionDescription,
  nested: Map<string, string>,
): string {
  const type = name[0]?.toUpperCase() + name.slice(1);
  const given = described(inputs, "input");
  const answered = described(outputs, "output");
  addTypes(nested, given, false);
  addTypes(nested, answered, false);
  const fields = (properties: readonly Property[]) =>
    properties.map((property) => `${doc(property)}\n  readonly ${field(property, plain(property.type))}`);
  return [
    `/** Arguments of {@link ${name}}. ${description} */`,
    ...(given.properties.length === 0
      ? [`export type ${type}Args = Record<string, never>;`]
      : [`export interface ${type}Args {`, ...fields(given.properties), "}"]),
    "",
    `/** Answer of {@link ${name}}. */`,
    `export interface ${type}Result {`,
    ...fields(answered.properties),
    "}",
  ].join("\n");
}

/** Inputs have separate types, in which every value may be an output of another resource. */
function addTypes(nested: Map<string, string>, { types }: Described, asInputs: boolean): void {
  for (const type of types) {
    const name = asInputs ? `${type.name}Args` : type.name;
    nested.set(name, namedType(type, name, asInputs));
  }
}

function namedType({ description, properties }: NamedType, name: string, asInputs: boolean): string {
  const fields = properties.map((property) => {
    const type = asInputs ? input(property.type) : plain(property.type);
    return `${doc(property)}\n  ${asInputs ? "" : "readonly "}${field(property, type)}`;
  });
  return [`/** ${description} */`, `export interface ${name} {`, ...fields, "}"].join("\n");
}

function field({ name, required }: Property, type: string): string {
  return required ? `${name}: ${type};` : `${name}?: ${optional(type)};`;
}

/** An optional input also takes an output whose value may be undefined. */
function optional(type: string): string {
  const wrappedInput = /^pulumi\.Input<(.*)>$/s.exec(type)?.[1];
  return wrappedInput === undefined ? `${type} | undefined` : `pulumi.Input<${wrappedInput} | undefined>`;
}

function doc({ type, description, secret, replaces, replacement, change }: Property): string {
  const mayReplace = replaces || replacement !== undefined;
  const marks = [secret && "Always a secret.", mayReplace && `A change ${change}.`].filter(Boolean);
  const text = [description, ...marks].join(" ");
  if (type.kind !== "enum") return `  /** ${text} */`;
  const words = type.values.map(({ value, description: meaning }) => `   * - \`${value}\`: ${meaning}`);
  return ["  /**", `   * ${text}`, "   *", ...words, "   */"].join("\n");
}

function always({ required, default: value }: Property): boolean {
  return required || value !== undefined;
}

function providerName(resource: string): string {
  return `${resource[0]?.toLowerCase()}${resource.slice(1)}Provider`;
}

function plain(type: TypeNode): string {
  switch (type.kind) {
    case "integer":
      return "number";
    case "any":
      return "unknown";
    case "enum":
      return type.values.map(({ value }) => JSON.stringify(value)).join(" | ");
    case "array":
      return `readonly ${wrapped(plain(type.items))}[]`;
    case "map":
      return `Readonly<Record<string, ${plain(type.items)}>>`;
    case "object":
      return type.name;
    default:
      return type.kind;
  }
}

function wrapped(text: string): string {
  return /[ |]/.test(text) ? `(${text})` : text;
}

function input(type: TypeNode): string {
  switch (type.kind) {
    case "array":
      return `pulumi.Input<${wrapped(item(input(type.items), type.resource))}[]>`;
    case "map":
      return `pulumi.Input<Record<string, ${input(type.items)}>>`;
    case "object":
      return `pulumi.Input<${type.name}Args>`;
    default:
      return `pulumi.Input<${plain(type)}>`;
  }
}

/** If a resource may be passed instead, an output of a resource may be, too. */
function item(input: string, resource: string | undefined): string {
  return resource === undefined ? input : input.replace(/>$/, ` | ${resource}>`);
}
