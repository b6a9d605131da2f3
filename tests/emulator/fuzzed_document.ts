/** The part of Exoscale's API document that the emulator has, for a program that makes requests from a document. */
import { routes } from "../../emulator/api/routes";
import type { ApiDocument, Operation } from "../openapi/document";
import { BAD_REQUEST, NOT_EMULATED, REFUSAL, REFUSALS } from "../openapi/error_answers";

const FORBIDDEN = 403;

/** The answers that are right: to requests with a right signature, and to the others. */
export type Answers = "all" | "forbidden";

/** @param without paths that are left out */
export function fuzzedDocument(document: ApiDocument, answers: Answers, without: readonly string[] = []): string {
  const emulated = new Set(routes.map(([method, pattern]) => nameOf(method, pattern)));
  const paths = Object.entries(document.paths).map(([path, methods]) => {
    const kept = Object.entries(methods).filter(([method]) => emulated.has(nameOf(method, path)));
    return [path, without.includes(path) ? [] : kept] as const;
  });
  const operations = paths.map(([path, kept]) => {
    const answered = kept.map(([method, operation]) => {
      const responses = { ...(answers === "all" && operation.responses), ...refusals(answers) };
      return [method, { ...operation, requestBody: withReferences(operation.requestBody), responses }];
    });
    return [path, Object.fromEntries(answered)];
  });
  return JSON.stringify({ ...document, paths: Object.fromEntries(operations) }, corrected);
}

/** The names of parameters differ between the document and the emulator. */
function nameOf(method: string, path: string): string {
  return `${method.toUpperCase()} ${path.replace(/\{[\w-]+\}/g, "{}")}`;
}

/** To change a group's members, an id is enough. The document has a whole instance there, with all that is shown of it. */
function withReferences(body: Operation["requestBody"]): unknown {
  return body && JSON.parse(JSON.stringify(body).replaceAll('schemas/instance"', 'schemas/instance-ref"'));
}

/** The document declares no refusals. */
function refusals(answers: Answers): object {
  const statuses = answers === "all" ? [...REFUSALS, NOT_EMULATED] : [FORBIDDEN];
  const answer = (status: number) => ({
    description: "",
    content: { "application/json": { schema: status === 400 ? BAD_REQUEST : REFUSAL } },
  });
  return Object.fromEntries(statuses.map((status) => [status, answer(status)]));
}

/**
 * Without what the document says against itself or against the API. The rules of a group are marked as never shown, and
 * are shown (recorded). A pool may shrink to no member, and its answer has no 0 for that.
 */
function corrected(name: string, value: unknown): unknown {
  if ((name === "readOnly" || name === "writeOnly") && typeof value === "boolean") return undefined;
  return name === "exclusiveMinimum" ? false : value;
}
