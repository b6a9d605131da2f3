import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** Root of the repository. */
export const root = resolve(__dirname, "../..");

/** A property in Pulumi's schema language, as far as the tests look at it. */
export interface Property {
  readonly type?: string;
  readonly $ref?: string;
  readonly description?: string;
  readonly secret?: boolean;
  readonly default?: unknown;
  readonly replaceOnChanges?: boolean;
  readonly willReplaceOnChanges?: boolean;
  readonly defaultInfo?: { readonly environment: readonly string[] };
  readonly items?: Property;
  readonly additionalProperties?: Property;
}

export type Properties = Readonly<Record<string, Property>>;

/** Whatever has properties and says which of them are required. */
export interface Shape {
  readonly properties: Properties;
  readonly required: readonly string[];
}

/** A named type: an object, or an enumeration. */
export interface NamedType extends Partial<Shape> {
  readonly type: string;
  readonly description: string;
  readonly enum?: readonly { readonly name: string; readonly value: string; readonly description: string }[];
}

export interface ResourceSchema extends Shape {
  readonly description: string;
  readonly inputProperties: Properties;
  readonly requiredInputs: readonly string[];
  readonly aliases: readonly { readonly type: string }[];
}

export interface FunctionSchema {
  readonly description: string;
  readonly inputs: Shape;
  readonly outputs: Shape;
}

/** Pulumi's schema language, as far as the tests look at it. */
export interface Schema {
  readonly description: string;
  readonly config: { readonly variables: Properties };
  readonly provider: { readonly description: string; readonly inputProperties: Properties };
  readonly types: Readonly<Record<string, NamedType>>;
  readonly resources: Readonly<Record<string, ResourceSchema>>;
  readonly functions: Readonly<Record<string, FunctionSchema>>;
}

/** The committed `schema.json`. */
export const schema: Schema = JSON.parse(read("schema.json"));

/** Everything in it that has properties, by a name for messages. */
export const shapes: Readonly<Record<string, Shape>> = Object.fromEntries([
  ...Object.entries(schema.types).flatMap(([token, { properties, required = [] }]) =>
    properties ? [[token, { properties, required }] as const] : [],
  ),
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

/** Text of a file of the repository. */
export function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

/** The resource of that name. */
export function resource(name: string): ResourceSchema {
  const found = schema.resources[`exoscale-ssh:index:${name}`];
  if (!found) throw new Error(`schema.json has no resource ${name}`);
  return found;
}

/** Names of the properties that pass, sorted. */
export function namesWhere(properties: Properties, passes: (property: Property) => boolean): string[] {
  const passing = Object.entries(properties).filter(([, property]) => passes(property));
  return passing.map(([name]) => name).sort();
}

/** Every property in the schema that passes, with the name of its shape. */
export function propertiesWhere(passes: (property: Property) => boolean): string[] {
  return Object.entries(shapes).flatMap(([shape, { properties }]) =>
    namesWhere(properties, passes).map((name) => `${shape}: ${name}`),
  );
}
