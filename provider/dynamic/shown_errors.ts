import { ExoscaleSshError, PartialCreateError } from "../errors";
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
export function shown<Arguments extends unknown[], Result>(
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
export function shownPartial<Result>(
  create: (inputs: Properties) => Promise<Result>,
): (inputs: Properties) => Promise<Result> {
  return async (inputs) => {
    try {
      return await create(inputs);
    } catch (error) {
      if (!(error instanceof ExoscaleSshError)) throw error;
      const visible = new ShownError(error);
      if (!(error instanceof PartialCreateError)) throw visible;
      // Without the provider's text a later refresh or destroy could not load it ("code must be a string").
      const properties = { ...toEngine(error.state), [providerKey]: inputs[providerKey] };
      throw Object.assign(visible, { id: error.id, properties, reasons: [visible.message] });
    }
  };
}
