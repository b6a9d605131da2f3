import { NotFoundError } from "../errors";
import { endpointUrl, itemsOf, type Method, sendOnce } from "./attempt";
import { type Clock, systemClock } from "./clock";
import type { ApiOptions, Call } from "./options";
import { defaultPolicy, retry } from "./retry";

export type { ApiOptions, Call } from "./options";
export type { Credentials } from "./signature";

/** A POST ends with the API's answer, or with what an interrupted try was found to have made. */
export type Posted<T, F> = { readonly answer: T } | { readonly found: F };

/**
 * The API of one zone: signs, sends, tries again what is safe to try again, and turns refusals into errors.
 *
 * Every method throws ApiError or one of its kinds when the API refuses, and ApiUnreachableError when it cannot be
 * reached. The answers' types are those of Exoscale's API document; they are not checked field by field.
 */
export class Api {
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  readonly #options: ApiOptions;
  /** Answers of lists that are on their way, by path and query. */
  readonly #sharedLists = new Map<string, Promise<object>>();

  /** @throws InvalidNameError when the endpoint is not an http(s) URL */
  constructor(options: ApiOptions) {
    endpointUrl(options.endpoint);
    this.#options = options;
    this.clock = options.clock ?? systemClock;
    this.signal = options.signal;
  }

  /** The deadline of a call that sets none: ten minutes from now unless the options say otherwise. */
  defaultDeadline(): number {
    return this.clock.now() + (this.#options.callTimeoutMs ?? 600_000);
  }

  /** Reads. @throws NotFoundError when there is nothing under that path */
  get<T extends object>(call: Call): Promise<T> {
    return this.#send("GET", call, (answer: T) => answer);
  }

  /** Reads what may not exist; undefined when it does not. */
  find<T extends object>(call: Call): Promise<T | undefined> {
    return undefinedWhenAbsent(this.get<T>(call));
  }

  /**
   * Reads a list; whoever asks for the same one while its answer is on the way shares that answer, so that a hundred
   * resources that refresh at once do not make a hundred requests.
   */
  async list<T extends object>(call: Call, property: string): Promise<readonly T[]> {
    const key = `${call.path}?${new URLSearchParams(call.query)}`;
    const answer = this.#sharedLists.get(key) ?? this.get(call);
    this.#sharedLists.set(key, answer);
    try {
      return itemsOf<T>({ ...call, method: "GET" }, await answer, property);
    } finally {
      if (this.#sharedLists.get(key) === answer) this.#sharedLists.delete(key);
    }
  }

  /** Something has changed: lists asked for from now on share no answer with those asked for before. */
  forgetLists(): void {
    this.#sharedLists.clear();
  }

  /** Changes. Repeated after a lost reply, so it must be a change that can be made twice. */
  put<T extends object>(call: Call): Promise<T> {
    return this.#send("PUT", call, (answer: T) => answer);
  }

  /** Deletes; undefined when there is nothing (any more) to delete. */
  delete<T extends object>(call: Call): Promise<T | undefined> {
    return undefinedWhenAbsent(this.#send("DELETE", call, (answer: T) => answer));
  }

  /**
   * Makes something. After a try that may or may not have been carried out, `find` looks for what it would have made;
   * only when that is not there is the request sent again.
   */
  post<T extends object, F>(call: Call, find: () => Promise<F | undefined>): Promise<Posted<T, F>> {
    const look = async () => {
      const found = await find();
      return found === undefined ? undefined : { found };
    };
    return this.#send<T, Posted<T, F>>("POST", call, (answer) => ({ answer }), look);
  }

  #send<T extends object, R>(
    method: Method,
    call: Call,
    result: (answer: T) => R,
    look?: () => Promise<R | undefined>,
  ): Promise<R> {
    const { clock, signal } = this;
    const options = this.#options;
    const deadline = call.deadline ?? this.defaultDeadline();
    return retry<R>({
      attempt: async () => {
        const outcome = await sendOnce<T>(method, call, { ...options, clock }, deadline);
        if (method !== "GET") this.forgetLists();
        return "value" in outcome ? { value: result(outcome.value) } : outcome;
      },
      ...(look ? { look } : {}),
      policy: { ...defaultPolicy, ...options.retry },
      // Short pauses are everyday life; one that a person notices is worth a line.
      onPause: (ms, error) => {
        if (ms >= 2000) options.log?.(`${error.message} Trying again in ${(ms / 1000).toFixed(1)} s.`);
      },
      deadline,
      clock,
      signal,
    });
  }
}

async function undefinedWhenAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}
