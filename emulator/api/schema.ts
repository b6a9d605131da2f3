/** Checks a request body against the part of JSON Schema that Exoscale's API document uses. */
import { badRequest, type Finding } from "./errors";

/** The constraints of one value, in the API document's own words. */
export interface Schema {
  readonly type: "object" | "array" | "string" | "integer" | "boolean";
  /** Title in the API document; it is part of the error message. */
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  /** The schema of every value of a map, such as labels. */
  readonly additionalProperties?: Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly uniqueItems?: boolean;
  readonly nullable?: boolean;
  readonly enum?: readonly string[];
  readonly pattern?: RegExp;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

type Path = readonly (string | number)[];

/** A body that passed its schema. The functions of `body.ts` read its members. */
export type Body = Readonly<Record<string, unknown>>;

/**
 * Checks a body.
 *
 * @throws ApiError 400 that names every invalid value
 */
export function checkBody(schema: Schema, body: unknown): Body {
  const findings = [...findingsOf(schema, body, [])];
  const [first] = findings;
  if (first) throw badRequest(sentence(first), findings);
  // The schema's type is "object", so a body without findings is one.
  return body as Body;
}

/**
 * Checks the declared parameters of a query. An empty one counts as absent.
 *
 * @throws ApiError 400 that names every invalid value
 */
export function checkQuery(properties: Readonly<Record<string, Schema>>, query: URLSearchParams): void {
  const given = [...query].filter(([, value]) => value !== "");
  checkBody({ type: "object", properties }, Object.fromEntries(given));
}

function sentence(finding: Finding): string {
  if (finding.message.startsWith("missing keys")) return finding.message;
  const title = finding.description ? ` (description: \`${finding.description}\`)` : "";
  return `Invalid value in ${finding.path || "body"}${title} - ${finding.message}\n`;
}

function* findingsOf(schema: Schema, value: unknown, path: Path): Generator<Finding> {
  if (value === null && schema.nullable) return;
  const wrong = violationOf(schema, value);
  if (wrong) yield finding(schema, path, wrong);
  else if (Array.isArray(value)) yield* arrayFindings(schema, value, path);
  else if (isObject(value)) yield* objectFindings(schema, value, path);
}

function finding({ description = "" }: Schema, path: Path, message: string): Finding {
  return { in: path, path: path.join("."), message, description };
}

function* arrayFindings(schema: Schema, values: readonly unknown[], path: Path): Generator<Finding> {
  const { items } = schema;
  if (!items) return;
  const wrong = [...values.entries()].flatMap(([index, item]) => [...findingsOf(items, item, [...path, index])]);
  yield* wrong;
  if (wrong.length === 0 && hasDuplicates(schema, values)) yield finding(schema, path, "should have unique items");
}

function* objectFindings(schema: Schema, value: Body, path: Path): Generator<Finding> {
  for (const [name, member] of Object.entries(value)) {
    const known = schema.properties?.[name] ?? schema.additionalProperties;
    if (known) yield* findingsOf(known, member, [...path, name]);
  }
}

function violationOf(schema: Schema, value: unknown): string | undefined {
  switch (schema.type) {
    case "object":
      return isObject(value) ? missingKeys(schema, value) : "should be a Map";
    case "array":
      return Array.isArray(value) ? undefined : "should be an Array";
    case "string":
      return typeof value === "string" ? textViolation(schema, value) : "should be a String";
    case "integer":
      return isInt64(value) ? outOfRange(schema, Number(value)) : "should be an Integer";
    case "boolean":
      return typeof value === "boolean" ? undefined : "should be a Boolean";
  }
}

function isObject(value: unknown): value is Body {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function missingKeys(schema: Schema, value: Body): string | undefined {
  const missing = (schema.required ?? []).filter((name) => value[name] === undefined);
  return missing.length > 0 ? `missing keys ${missing.map((name) => `'${name}'`).join(", ")}` : undefined;
}

/** Compares what is declared of the items, which have passed their schema: the rest may be too deep to be written. */
function hasDuplicates({ uniqueItems, items }: Schema, values: readonly unknown[]): boolean {
  const declared = Object.keys(items?.properties ?? {});
  const distinct = new Set(values.map((value) => JSON.stringify(value, declared)));
  return uniqueItems === true && distinct.size < values.length;
}

function isInt64(value: unknown): boolean {
  return Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 63;
}

function textViolation(schema: Schema, text: string): string | undefined {
  if (schema.enum && !schema.enum.includes(text)) return `should be one of: ${schema.enum.join(", ")}`;
  if (schema.pattern && !schema.pattern.test(text)) return `should match ${schema.pattern.source}`;
  if (text.length < (schema.minLength ?? 0)) return `should be at least ${schema.minLength} characters long`;
  if (text.length > (schema.maxLength ?? Infinity)) return `should be at most ${schema.maxLength} characters long`;
  return undefined;
}

function outOfRange(schema: Schema, number: number): string | undefined {
  if (number < (schema.minimum ?? -Infinity)) return `should be at least ${schema.minimum}`;
  if (number > (schema.maximum ?? Infinity)) return `should be at most ${schema.maximum}`;
  return undefined;
}

/** The `visibility` in a query. */
export const visibility: Schema = { type: "string", enum: ["private", "public"] };

/** A UUID as text, the form of every id. */
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A reference `{id}` to another resource. */
export const idRef = (description: string): Schema => ({
  type: "object",
  description,
  required: ["id"],
  properties: { id: { type: "string", pattern: UUID } },
});

/** A list of distinct references. */
export const idRefs = (description: string): Schema => ({
  type: "array",
  description,
  uniqueItems: true,
  items: idRef(description),
});

/** A reference `{name}` to an SSH key. */
export const keyRef: Schema = {
  type: "object",
  description: "SSH key",
  required: ["name"],
  properties: { name: { type: "string", minLength: 1, maxLength: 255 } },
};

/** A resource's name. */
export const nameOf = (description: string): Schema => ({ type: "string", description, minLength: 1, maxLength: 255 });

/** Labels: text to text. */
export const labels: Schema = {
  type: "object",
  description: "Resource labels",
  additionalProperties: { type: "string" },
};
