/** Finds the operation of a request in the document. */
import type { ApiDocument, Operation } from "./document";

/** A request's operation. */
export interface Match {
  readonly operation: Operation;
  /** The decoded value of each `{name}` in its path. */
  readonly params: Readonly<Record<string, string>>;
}

interface Route {
  readonly method: string;
  readonly names: readonly string[];
  readonly path: RegExp;
  readonly operation: Operation;
}

/** The operations of a document by method and path. */
export class Routes {
  readonly #routes: readonly Route[];

  constructor(document: ApiDocument) {
    const routes = Object.entries(document.paths).flatMap(([template, methods]) =>
      Object.entries(methods).map(([method, operation]) => routeOf(method, template, operation)),
    );
    // When a literal path and a parameter match, the literal path wins.
    this.#routes = routes.sort((a, b) => a.names.length - b.names.length);
  }

  /** @param path below `/v2`, or a template such as `/ssh-key/{name}` */
  find(method: string, path: string): Match | undefined {
    for (const { names, operation, ...route } of this.#routes) {
      const match = route.method === method ? route.path.exec(path) : null;
      if (!match) continue;
      const params = names.map((name, index) => [name, decoded(match[index + 1] ?? "")]);
      return { operation, params: Object.fromEntries(params) };
    }
    return undefined;
  }
}

const PARAMETER = /\{([\w-]+)\}/g;

function routeOf(method: string, template: string, operation: Operation): Route {
  return {
    method: method.toUpperCase(),
    names: [...template.matchAll(PARAMETER)].map(([, name = ""]) => name),
    // A parameter ends at "/" or ":", which begins an action.
    path: new RegExp(`^${template.replace(PARAMETER, "([^/:]+)")}$`),
    operation,
  };
}

/** A text that cannot be decoded stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
