import { ExoscaleSshError, PartialCreateError } from "../errors";
import { PartialUpdateError } from "../resources/contract/update";
import { PROVIDER_KEY, type Properties, toEngine } from "./values";

/**
 * An error as Pulumi should show it. Pulumi shows the message at the resource. For some methods it also prints
 * `${error}: ${error.stack}`, which would be our stack trace: here both point to the error of the resource instead.
 */
class ShownError extends Error {
  readonly #code: string;

  constructor({ message, code }: ExoscaleSshError) {
    super(`${message} [${code}]`);
    this.#code = code;
    this.stack = "see the error of the resource";
  }

  override toString(): string {
    return `exoscale-ssh ${this.#code}`;
  }
}

/** Makes a method throw errors as Pulumi should show them. Errors that are not ours keep their stack: they are bugs. */
export function withShownErrors<Arguments extends unknown[], Result>(
  method: (...parameters: Arguments) => Promise<Result>,
): (...parameters: Arguments) => Promise<Result> {
  return async (...parameters) => {
    try {
      return await method(...parameters);
    } catch (error) {
      throw error instanceof ExoscaleSshError ? new ShownError(error) : error;
    }
  };
}

/** The same for a create. Its error may carry an object that exists and that Pulumi must save. */
export function withPartialCreate<Result>(
  create: (inputs: Properties) => Promise<Result>,
): (inputs: Properties) => Promise<Result> {
  return withShownErrors(async (inputs) => {
    try {
      return await create(inputs);
    } catch (error) {
      throw error instanceof PartialCreateError ? savingError(error, error.id, error.state, inputs) : error;
    }
  });
}

/** The same for an update. Its error may carry the object as the update left it. */
export function withPartialUpdate<Result>(
  update: (id: string, olds: Properties, news: Properties) => Promise<Result>,
): (id: string, olds: Properties, news: Properties) => Promise<Result> {
  return withShownErrors(async (id, olds, news) => {
    try {
      return await update(id, olds, news);
    } catch (error) {
      throw error instanceof PartialUpdateError ? savingError(error.cause, id, error.state, news) : error;
    }
  });
}

function toShownError(cause: unknown): Error {
  if (cause instanceof ExoscaleSshError) return new ShownError(cause);
  return cause instanceof Error ? cause : new Error(String(cause));
}

/** An error that makes Pulumi save the object and show the reason. */
function savingError(cause: unknown, id: string, state: object, inputs: Properties): Error {
  const error = toShownError(cause);
  // Without the provider text a later refresh or destroy could not load the provider ("code must be a string").
  const properties = { ...toEngine(state), [PROVIDER_KEY]: inputs[PROVIDER_KEY] };
  return Object.assign(error, { id, properties, reasons: [error.message] });
}
