/** Routes, and how a request is matched to one. */
import type { OperationBody, OperationFault, Task } from "./operations";
import type { World, Zone } from "./world";

/** A request as its route gets it, after the signature check. */
export interface ApiRequest {
  readonly world: World;
  /** The zone whose endpoint got the request. */
  readonly zone: Zone;
  /** The decoded value of each `{name}` of the pattern. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed and not yet checked; undefined when the request has no body. */
  readonly body: unknown;
  /** A failure that a test has ordered for the operation of this request. */
  readonly fault: OperationFault | undefined;
}

/** Returns the body of a 200, or throws an ApiError. */
export type Handler = (request: ApiRequest) => unknown;

/** Method, path pattern below `/v2`, and handler. */
export type Route = readonly [method: string, pattern: string, handler: Handler];

/** A table of routes, compiled. */
export class Router {
  readonly #routes: ReadonlyArray<{ name: string; method: string; expression: RegExp; handler: Handler }>;

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map(([method, pattern, handler]) => {
      return { name: `${method} ${pattern}`, method, expression: compile(pattern), handler };
    });
  }

  /** Whether there is a route of this name, such as `PUT /instance/{id}:stop`. */
  has(name: string): boolean {
    return this.#routes.some((route) => route.name === name);
  }

  /** The route and its parameters for a path below `/v2`, or undefined. */
  find(method: string, path: string): { name: string; handler: Handler; params: Record<string, string> } | undefined {
    for (const route of this.#routes) {
      const match = route.method === method ? route.expression.exec(path) : null;
      if (match) return { name: route.name, handler: route.handler, params: decodeParams(match.groups ?? {}) };
    }
    return undefined;
  }
}

// A parameter ends at "/", or at the ":" of an action. No id and no key name contains either.
function compile(pattern: string): RegExp {
  const escaped = pattern.replace(/\{(\w+)\}/g, "(?<$1>[^/:]+)");
  return new RegExp(`^${escaped}$`);
}

function decodeParams(groups: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));
}

/** The value of one parameter of the pattern. */
export function param(request: ApiRequest, name: string): string {
  return request.params[name] ?? "";
}

/** Begins the operation of a request, with the failure that a test has ordered for it, if any. */
export function begin(request: ApiRequest, task: Omit<Task, "fault">): OperationBody {
  return request.world.operations.begin({ ...task, fault: request.fault });
}
