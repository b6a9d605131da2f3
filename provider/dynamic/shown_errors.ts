import { ExoscaleSshError, PartialCreateError } from "../errors";
import { PartialUpdateError } from "../resources/contract/update";
import { type Properties, providerKey, toEngine } from "./values";

/**
 * An error as it should look in Pulumi's output. Pulumi shows the message at the resource, and for some methods prints
 * `${error}: ${error.stack}` besides, which would be a stack trace of ours: these two say where to look instead.
 */
class ShownError extends Error {
  constructor(private readonly origin: ExoscaleSshError) {
    super(`${origin.message} [${origin.code}]`);
    this.stack = "see the error of the resource";
  }

  override toString(): string {
    return `exoscale-ssh ${this.origin.code}`;
  }
}

/** Makes a method throw what Pulumi shows well. Errors that are not ours keep their stack: they are bugs. */
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

/** The same for a create, whose error may carry an object that exists and has to be saved. */
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

/** The same for an update, whose error may carry what it has made of the object by then. */
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

/** An error by which Pulumi saves the object, and shows the reason. */
function savingError(cause: unknown, id: string, state: object, inputs: Properties): Error {
  const error = toShownError(cause);
  // Without the provider's text a later refresh or destroy could not load it ("code must be a string").
  const properties = { ...toEngine(state), [providerKey]: inputs[providerKey] };
  return Object.assign(error, { id, properties, reasons: [error.message] });
}
