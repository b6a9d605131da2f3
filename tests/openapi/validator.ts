/** Validates values against schemas of OpenAPI 3.0, and finds members that no schema declares. */
import Ajv, { type ErrorObject, type Options, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import type { ApiDocument, Schema } from "./document";

/** Keywords of the document that are no constraints. */
const ANNOTATIONS = ["example", "x-go-type", "x-go-findable", "x-go-enum-varnames", "components"];
const DOCUMENT = "document";

/** Compiles a schema when it is first needed. */
export class Validator {
  readonly #values: Ajv;
  /** Parameters come as text, whatever their type. */
  readonly #parameters: Ajv;
  readonly #compiled = new Map<Schema, ValidateFunction>();

  constructor({ components }: Pick<ApiDocument, "components">) {
    const schemas = mapValues(components.schemas, jsonSchema);
    const root = { $id: DOCUMENT, components: { schemas } };
    this.#values = ajv({}).addSchema(root);
    this.#parameters = ajv({ coerceTypes: true }).addSchema(root);
  }

  /** What is wrong with a value, each as its place and the rule: `/disk-size must be integer`. */
  faults(schema: Schema, value: unknown): string[] {
    return this.#faults(this.#values, schema, value);
  }

  /** The same for parameters of a path and a query. */
  parameterFaults(schema: Schema, values: Readonly<Record<string, string>>): string[] {
    return this.#faults(this.#parameters, schema, { ...values });
  }

  #faults(compiler: Ajv, schema: Schema, value: unknown): string[] {
    const validate = this.#compiled.get(schema) ?? compiler.compile(jsonSchema(schema));
    this.#compiled.set(schema, validate);
    validate(value);
    return (validate.errors ?? []).map(fault);
  }
}

function ajv(options: Options): Ajv {
  // Checking the schemas against their meta-schema would take time.
  const compiler = new Ajv({ allErrors: true, validateSchema: false, meta: false, strictTypes: false, ...options });
  addFormats(compiler, ["byte", "date-time", "double", "int64", "ipv4", "uri-reference", "uuid"]);
  return compiler.addVocabulary(ANNOTATIONS);
}

/** The same constraints in JSON Schema, and one more: undeclared members are forbidden. */
function jsonSchema(schema: Schema): object {
  const { nullable, exclusiveMinimum, exclusiveMaximum, $ref, ...same } = schema;
  const { properties, additionalProperties, items, minimum, maximum } = schema;
  const strict = {
    ...same,
    ...($ref !== undefined && { $ref: `${DOCUMENT}${$ref}` }),
    ...(properties && { properties: mapValues(properties, jsonSchema), additionalProperties: false }),
    ...(typeof additionalProperties === "object" && { additionalProperties: jsonSchema(additionalProperties) }),
    ...(items && { items: jsonSchema(items) }),
    ...(exclusiveMinimum && { exclusiveMinimum: minimum }),
    ...(exclusiveMaximum && { exclusiveMaximum: maximum }),
  };
  // By the standard a keyword beside `$ref` has no effect. Exoscale means it, as in the labels of update-instance.
  return nullable ? { anyOf: [{ type: "null" }, strict] } : strict;
}

function mapValues<In, Out>(map: Readonly<Record<string, In>>, change: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value)]));
}

/** A message without values, because they may be secrets, and without list indices. */
function fault({ instancePath, keyword, params, message }: ErrorObject): string {
  const place = instancePath.replace(/\/\d+(?=\/|$)/g, "/*");
  if (keyword === "additionalProperties") return `${place}/${params["additionalProperty"]} is not declared`;
  if (keyword === "required") return `${place}/${params["missingProperty"]} is missing`;
  if (keyword === "enum") return `${place} must be one of ${params["allowedValues"].join(", ")}`;
  return `${place} ${message ?? keyword}`.trim();
}
