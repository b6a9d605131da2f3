import * as z from "zod";

/** The type of a property, in terms that both TypeScript and Pulumi's schema have. */
export type TypeNode =
  | { readonly kind: "string" | "integer" | "number" | "boolean" | "any" }
  | { readonly kind: "enum"; readonly name: string; readonly values: readonly ChoiceValue[] }
  | { readonly kind: "array" | "map"; readonly items: TypeNode; readonly resource?: string }
  | { readonly kind: "object"; readonly name: string };

/** A value of an enumeration, and what it means. */
export interface ChoiceValue {
  readonly value: string;
  readonly description: string;
}

/** One property of a resource, a function or a nested type. */
export interface Property {
  readonly name: string;
  readonly type: TypeNode;
  readonly description: string;
  readonly required: boolean;
  readonly secret: boolean;
  readonly replaces: boolean;
  /** More precise than `replaces`: see the metadata in `provider/resources/contract/description.ts`. */
  readonly replacement?: "sometimes" | "always";
  /** Programs may pass a resource of this name instead. */
  readonly resource?: string;
  /** What a change does: the rest of a sentence that begins with "A change". */
  readonly change: string;
  /** The default; absent if there is none, or if it depends on other inputs. */
  readonly default?: string | number | boolean;
}

/** A nested type that has a name. */
export interface NamedType {
  readonly name: string;
  readonly description: string;
  readonly properties: readonly Property[];
}

/** An enumeration. */
export interface Choice {
  readonly name: string;
  readonly description: string;
  readonly values: readonly ChoiceValue[];
}

/** The properties of a described object, and the named types and enumerations that they use. */
export interface Described {
  readonly properties: readonly Property[];
  readonly types: readonly NamedType[];
  readonly choices: readonly Choice[];
}

interface JsonSchema {
  readonly type?: string;
  readonly $ref?: string;
  readonly $defs?: Record<string, JsonSchema>;
  readonly properties?: Record<string, JsonSchema>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly description?: string;
  readonly default?: unknown;
  readonly secret?: boolean;
  readonly replaces?: boolean;
  readonly replacement?: "sometimes" | "always";
  readonly values?: Readonly<Record<string, string>>;
  readonly change?: string;
  readonly hidden?: boolean;
  readonly resource?: string;
}

/** Reads a description of the core, without hidden fields. */
export function described(object: z.ZodType, io: "input" | "output"): Described {
  // The interface above has the part of zod's JSON Schema and of our own metadata that is read here.
  const schema = z.toJSONSchema(object, { io, unrepresentable: "any" }) as JsonSchema;
  const definitions = schema.$defs ?? {};
  const named = Object.entries(definitions);
  return {
    properties: propertiesOf(schema, definitions),
    types: named
      .filter(([, definition]) => !definition.enum)
      .map(([name, definition]) => ({
        name,
        description: definition.description ?? "",
        properties: propertiesOf(definition, definitions),
      })),
    choices: named
      .filter(([, definition]) => definition.enum)
      .map(([name, definition]) => ({
        name,
        description: definition.description ?? "",
        values: choiceValues(definition),
      })),
  };
}

function choiceValues({ enum: words = [], values = {} }: JsonSchema): ChoiceValue[] {
  return words.map((value) => ({ value, description: values[value] ?? "" }));
}

function propertiesOf(schema: JsonSchema, definitions: Record<string, JsonSchema>): Property[] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {})
    .filter(([, property]) => property.hidden !== true)
    .map(([name, property]) => ({
      name,
      type: typeOf(property, definitions),
      description: property.description ?? "",
      required: required.has(name),
      secret: property.secret === true,
      replaces: property.replaces === true,
      change: property.change ?? (property.replaces === true ? "replaces the resource" : "is made in place"),
      ...(property.replacement !== undefined && { replacement: property.replacement }),
      ...(property.resource !== undefined && { resource: property.resource }),
      ...(isScalar(property.default) && { default: property.default }),
    }));
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function typeOf(schema: JsonSchema, definitions: Record<string, JsonSchema>): TypeNode {
  const reference = schema.$ref ?? schema.allOf?.find(({ $ref }) => $ref)?.$ref;
  if (reference) return namedTypeOf(reference.replace("#/$defs/", ""), definitions);
  if (schema.anyOf?.[0]) return typeOf(schema.anyOf[0], definitions);
  switch (schema.type) {
    case "array":
      return arrayOf(schema.items ?? {}, definitions);
    case "object":
      return {
        kind: "map",
        items:
          typeof schema.additionalProperties === "object"
            ? typeOf(schema.additionalProperties, definitions)
            : { kind: "any" },
      };
    case "string":
    case "integer":
    case "number":
    case "boolean":
      return { kind: schema.type };
    default:
      return { kind: "any" };
  }
}

function namedTypeOf(name: string, definitions: Record<string, JsonSchema>): TypeNode {
  const definition = definitions[name];
  return definition?.enum ? { kind: "enum", name, values: choiceValues(definition) } : { kind: "object", name };
}

function arrayOf(items: JsonSchema, definitions: Record<string, JsonSchema>): TypeNode {
  const type = typeOf(items, definitions);
  const resource = items.resource ?? (type.kind === "object" ? definitions[type.name]?.resource : undefined);
  return { kind: "array", items: type, ...(resource !== undefined && { resource }) };
}
