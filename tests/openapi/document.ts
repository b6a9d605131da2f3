/** Exoscale's API document, as far as it is used here. */
import { readFileSync } from "node:fs";

/** A schema of OpenAPI 3.0, which is nearly JSON Schema. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  /** Whether the minimum itself is forbidden; a number in JSON Schema. */
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
}

type Content = { readonly "application/json": { readonly schema: Schema } };

export interface Operation {
  readonly operationId: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: "path" | "query";
    readonly required: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content: Content }>>;
}

export interface ApiDocument {
  /** Operations by path template and method in lower case. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

// The tests of the resources clear such variables, so it is read before any of them runs.
const path = process.env["EXOSCALE_OPENAPI"];

/** The document; undefined on a machine without one. */
export const apiDocument = path === undefined ? undefined : parsed(path);

/** The reason in the title of a skipped test that needs the document; empty when there is one. */
export const whySkipped = apiDocument
  ? ""
  : " (skipped: EXOSCALE_OPENAPI names no API document; npm test gets it where there is a Python)";

function parsed(file: string): ApiDocument {
  // The boundary: the file is Exoscale's, of a pinned version.
  return JSON.parse(readFileSync(file, "utf8")) as ApiDocument;
}

/** The schema of an operation's 200. */
export function answerSchema(operation: Operation): Schema | undefined {
  return operation.responses["200"]?.content["application/json"].schema;
}

/** The schema of an operation's body, if it takes one. */
export function bodySchema(operation: Operation): Schema | undefined {
  return operation.requestBody?.content["application/json"].schema;
}
