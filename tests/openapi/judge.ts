/** Compares every exchange with the emulator with Exoscale's own API document. */
import type { Exchange, RecordedRequest } from "../../emulator";
import { type ApiDocument, answerSchema, bodySchema, type Operation, type Schema } from "./document";
import { BAD_REQUEST, NOT_EMULATED, REFUSAL, REFUSALS } from "./error_answers";
import { KNOWN_DEVIATIONS } from "./known_deviations";
import { type Match, Routes } from "./routes";
import { Validator } from "./validator";

/** The provider's `User-Agent`. */
const PROVIDER = "pulumi-exoscale-ssh";

/**
 * Finds deviations of exchanges from the document.
 *
 * It checks every answer of the emulator that a test has not replaced by a fault, every request of the provider, and
 * every request of another client that was answered with 200, so that the emulator accepts nothing that the document
 * forbids. It does not check requests that a test sends malformed on purpose and that are refused, nor the emulator's 501
 * to another client.
 *
 * An undeclared member is a deviation, in requests and answers: nobody knows what the real API does with it.
 */
export class Judge {
  readonly #routes: Routes;
  readonly #validator: Validator;
  readonly #parameters = new Map<Operation, Schema>();

  constructor(document: ApiDocument) {
    this.#routes = new Routes(document);
    this.#validator = new Validator(document);
  }

  /** The deviations, each as operation, side, JSON path and rule. Known deviations are left out. */
  deviations({ request, agent, sent, answered, fault }: Exchange): string[] {
    const match = this.#match(request);
    const name = match?.operation.operationId ?? `${request.method} ${request.path}`;
    const isOurs = agent === PROVIDER;
    const isOthersLoss = request.status === NOT_EMULATED && !isOurs;
    const isAnswered = request.status !== 0 && fault !== "status" && !isOthersLoss;
    const isHeld = isOurs || (isAnswered && request.status === 200);
    const ofRequest = isHeld ? [...this.#requestFaults(match, request.path, sent)] : [];
    const ofAnswer = isAnswered ? this.#answerFaults(match, request.status, answered) : [];
    const requests = ofRequest.map((what) => `${name} request: ${what}`);
    const answers = ofAnswer.map((what) => `${name} answer: ${what}`);
    // Known deviations of other clients are not allowed to the provider.
    return [...(isOurs ? requests : requests.filter(isNews)), ...answers.filter(isNews)];
  }

  /** The operation id of a request; undefined when the document has no such operation. */
  operationId(request: Pick<RecordedRequest, "method" | "path">): string | undefined {
    return this.#match(request)?.operation.operationId;
  }

  #match({ method, path }: Pick<RecordedRequest, "method" | "path">): Match | undefined {
    const [whole = ""] = path.split("?");
    return whole.startsWith("/v2/") ? this.#routes.find(method, whole.slice("/v2".length)) : undefined;
  }

  *#requestFaults(match: Match | undefined, path: string, sent: string): Generator<string> {
    if (!match) return yield "there is no such operation";
    const { operation, params } = match;
    const values = { ...Object.fromEntries(new URLSearchParams(path.split("?")[1])), ...params };
    yield* this.#validator.parameterFaults(this.#parametersOf(operation), values);
    const schema = bodySchema(operation);
    if (sent === "") {
      if (operation.requestBody?.required) yield "body is missing";
    } else if (schema) yield* this.#bodyFaults(schema, sent);
    else yield "body is not declared";
  }

  #answerFaults(match: Match | undefined, status: number, answered: string): string[] {
    if (status !== 200) return this.#refusalFaults(status, answered);
    const schema = match && answerSchema(match.operation);
    return schema ? this.#bodyFaults(schema, answered) : ["200 is not declared"];
  }

  #refusalFaults(status: number, answered: string): string[] {
    if (!REFUSALS.includes(status)) return [`status ${status} was never seen`];
    const value = parsed(answered);
    // A setting of the emulator decides whether unrecorded refusals are JSON, so other forms are accepted.
    return value === undefined ? [] : this.#validator.faults(status === 400 ? BAD_REQUEST : REFUSAL, value);
  }

  #bodyFaults(schema: Schema, text: string): string[] {
    const value = parsed(text);
    return value === undefined ? ["body is not JSON"] : this.#validator.faults(schema, value);
  }

  #parametersOf(operation: Operation): Schema {
    const known = this.#parameters.get(operation) ?? objectOf(operation);
    this.#parameters.set(operation, known);
    return known;
  }
}

const isNews = (deviation: string) => !Object.hasOwn(KNOWN_DEVIATIONS, deviation);

/** Parameters of path and query as the members of one object. */
function objectOf({ parameters }: Operation): Schema {
  return {
    type: "object",
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
