/** Compares TypeScript types with schemas of the API document. */
import ts from "typescript";
import type { ApiDocument, Schema } from "./document";

/** The type of a request may allow less than the document, and that of an answer must allow all of it. */
export type Direction = "request" | "answer";

const KINDS: Readonly<Record<string, ts.TypeFlags>> = {
  string: ts.TypeFlags.StringLike,
  integer: ts.TypeFlags.NumberLike,
  number: ts.TypeFlags.NumberLike,
  boolean: ts.TypeFlags.BooleanLike,
};
const NOTHING = ts.TypeFlags.Null | ts.TypeFlags.Undefined;

/** The exported types of some files. */
export class Types {
  readonly #checker: ts.TypeChecker;
  readonly #types = new Map<string, ts.Type>();
  readonly #schemas: ApiDocument["components"]["schemas"];

  constructor(files: readonly string[], { components }: Pick<ApiDocument, "components">) {
    const program = ts.createProgram(files, { strict: true, target: ts.ScriptTarget.ES2023, types: [] });
    this.#checker = program.getTypeChecker();
    this.#schemas = components.schemas;
    for (const file of files) this.#collect(program.getSourceFile(file));
  }

  /** The differences between a type and a schema, each with its member. */
  differences(name: string, schema: Schema | undefined, direction: Direction): string[] {
    const type = this.#types.get(name);
    if (!type || !schema) return [`${name} does not exist ${type ? "in the document" : "here"}`];
    return [...this.#compare(type, schema, { direction, at: name })];
  }

  #collect(file: ts.SourceFile | undefined): void {
    const module = file && this.#checker.getSymbolAtLocation(file);
    for (const symbol of module ? this.#checker.getExportsOfModule(module) : []) {
      this.#types.set(symbol.name, this.#checker.getDeclaredTypeOfSymbol(symbol));
    }
  }

  *#compare(type: ts.Type, given: Schema, place: Place): Generator<string> {
    const schema = { ...this.#resolved(given), ...(given.nullable && { nullable: true }) };
    const parts = (type.isUnion() ? type.types : [type]).filter(({ flags }) => !(flags & ts.TypeFlags.Undefined));
    const values = parts.filter(({ flags }) => !(flags & NOTHING));
    if (values.length < parts.length && !schema.nullable) yield `${place.at} is never null`;
    const kind = KINDS[schema.type ?? ""];
    if (schema.enum) yield* enumDifferences(values, schema.enum, place);
    else if (kind) yield* values.some(({ flags }) => !(flags & kind)) ? [`${place.at} is a ${schema.type}`] : [];
    else for (const value of values) yield* this.#compareComposed(value, schema, place);
  }

  *#compareComposed(type: ts.Type, schema: Schema, place: Place): Generator<string> {
    const element = this.#checker.isArrayType(type)
      ? this.#checker.getTypeArguments(type as ts.TypeReference)[0]
      : undefined;
    if (schema.type === "array" || element) {
      if (element && schema.items) yield* this.#compare(element, schema.items, { ...place, at: `${place.at}/*` });
      else yield `${place.at} is ${schema.type === "array" ? "a list" : "no list"}`;
    } else if (typeof schema.additionalProperties === "object") {
      const entry = type.getStringIndexType();
      if (entry) yield* this.#compare(entry, schema.additionalProperties, { ...place, at: `${place.at}/*` });
      else yield `${place.at} is a map`;
    } else yield* this.#compareMembers(type, schema, place);
  }

  *#compareMembers(type: ts.Type, { properties = {}, required = [] }: Schema, place: Place): Generator<string> {
    for (const member of type.getProperties()) {
      const [at, schema] = [`${place.at}/${member.name}`, properties[member.name]];
      if (schema) yield* this.#compare(this.#checker.getTypeOfSymbol(member), schema, { ...place, at });
      else yield `${at} is not declared`;
    }
    for (const name of place.direction === "request" ? required : []) {
      const member = type.getProperty(name);
      if (!member || member.flags & ts.SymbolFlags.Optional) yield `${place.at}/${name} is required`;
    }
  }

  #resolved(schema: Schema): Schema {
    const name = schema.$ref?.split("/").at(-1);
    return name === undefined ? schema : this.#resolved(this.#schemas[name] ?? {});
  }
}

interface Place {
  readonly direction: Direction;
  readonly at: string;
}

/** For answers, any text is a valid type: nobody relies on a complete list of values. */
function* enumDifferences(
  types: readonly ts.Type[],
  known: readonly unknown[],
  { direction, at }: Place,
): Generator<string> {
  const ours = types.map((type) => (type.isStringLiteral() ? type.value : undefined));
  if (ours.includes(undefined)) {
    if (direction === "request") yield `${at} is one of ${known.join(", ")}`;
    return;
  }
  for (const value of ours) if (!known.includes(value)) yield `${at} is never ${value}`;
  for (const value of known) {
    if (direction === "answer" && !ours.some((our) => our === value)) yield `${at} may be ${value}`;
  }
}
