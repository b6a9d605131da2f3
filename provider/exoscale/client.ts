import { NotFoundError } from "../errors";
import { endpointUrl, type Method, sendOnce } from "./attempt";
import { type Clock, systemClock } from "./clock";
import { type Operation, operationShape } from "./operation_answer";
import type { ApiOptions, Call } from "./options";
import { PollSchedules } from "./poll_schedule";
import { defaultPolicy, retry } from "./retry";
import type { Shape } from "./shape";
import { SharedReads, type Sharing } from "./shared_reads";

export type { ApiOptions, Call } from "./options";
export type { Credentials } from "./signature";

/** Milliseconds after which a person asks what is going on. */
const LONG_TRY = 10_000;

/** A POST ends with the API's answer, or with what an interrupted try is found to have created. */
export type Posted<F> = { readonly answer: Operation } | { readonly found: F };

/**
 * The API of one zone: signs and sends requests, retries those that are safe to retry, and turns refusals into errors.
 *
 * Every method throws ApiError or one of its kinds when the API refuses, and ApiUnreachableError when it cannot be
 * reached. The answers' types are those of Exoscale's API document. What this package relies on in an answer is checked
 * (`Shape`): an answer that lacks it is an error, and after a change it leaves in doubt whether that was carried out.
 */
export class Api {
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  /** When to look at pending operations. */
  readonly polls: PollSchedules;
  readonly #options: ApiOptions;
  readonly #lists: SharedReads;

  /** @throws InvalidNameError when the endpoint is not an http(s) URL */
  constructor(options: ApiOptions) {
    endpointUrl(options.endpoint);
    this.#options = options;
    this.clock = options.clock ?? systemClock;
    this.signal = options.signal;
    this.polls = options.polls ?? new PollSchedules();
    this.#lists = new SharedReads(this.clock);
  }

  /** The deadline of a call that sets none: ten minutes from now unless the options say otherwise. */
  defaultDeadline(): number {
    return this.clock.now() + (this.#options.callTimeoutMs ?? 600_000);
  }

  /** Reads. @throws NotFoundError when there is nothing under that path */
  get<T extends object>(call: Call, shape: Shape): Promise<T> {
    return this.#send("GET", call, shape, (answer: T) => answer);
  }

  /** Reads what may not exist; undefined when it does not. */
  find<T extends object>(call: Call, shape: Shape): Promise<T | undefined> {
    return undefinedWhenAbsent(this.get<T>(call, shape));
  }

  /**
   * Reads a list. Callers share an answer that was asked for after each of them came, so that a hundred resources that
   * refresh at once do not make a hundred requests.
   *
   * @param sharing whether to wait for further callers, and whether the answer may be older than the call
   */
  async list<T extends object>(
    call: Call,
    property: string,
    shape: Shape,
    sharing: Sharing = {},
  ): Promise<readonly T[]> {
    const name = `${call.path}?${new URLSearchParams(call.query)}`;
    const send = () => this.get<ListAnswer<T>>(call, { [property]: [shape] });
    // The shape requires the list.
    return (await this.#lists.read(name, send, sharing))[property] ?? [];
  }

  /** To be called after a change: a list that is read from now on shares no answer with an earlier request. */
  forgetLists(): void {
    this.#lists.forget();
  }

  /** Changes something. Repeated after a lost reply, so the change must be idempotent. */
  put(call: Call): Promise<Operation> {
    return this.#send("PUT", call, operationShape, (answer: Operation) => answer);
  }

  /** Deletes something; undefined when it does not exist, or no longer. */
  delete(call: Call): Promise<Operation | undefined> {
    return undefinedWhenAbsent(this.#send("DELETE", call, operationShape, (answer: Operation) => answer));
  }

  /**
   * Creates something. After a try that the API may or may not have carried out, `find` looks for the new object. The
   * request is sent again only when it finds none.
   */
  post<F>(call: Call, find: () => Promise<F | undefined>): Promise<Posted<F>> {
    const findResult = async () => {
      const found = await find();
      return found === undefined ? undefined : { found };
    };
    return this.#send<Operation, Posted<F>>("POST", call, operationShape, (answer) => ({ answer }), findResult);
  }

  #send<T extends object, R>(
    method: Method,
    call: Call,
    shape: Shape,
    result: (answer: T) => R,
    findResult?: () => Promise<R | undefined>,
  ): Promise<R> {
    const { clock, signal } = this;
    const options = this.#options;
    const deadline = call.deadline ?? this.defaultDeadline();
    let began = clock.now();
    return retry<R>({
      attempt: async () => {
        began = clock.now();
        const outcome = await sendOnce<T>(method, call, shape, { ...options, clock, deadline });
        if (method !== "GET") this.forgetLists();
        return "value" in outcome ? { value: result(outcome.value) } : outcome;
      },
      ...(findResult ? { findResult } : {}),
      policy: { ...defaultPolicy, ...options.retry },
      // Short pauses happen all the time; only a pause that a person notices is logged, or a try that took as long.
      onPause: (ms, error) => {
        if (ms >= 2000 || clock.now() - began >= LONG_TRY)
          options.log?.(`${error.message} Trying again in ${(ms / 1000).toFixed(1)} s.`);
      },
      deadline,
      clock,
      signal,
    });
  }
}

type ListAnswer<T> = { readonly [property: string]: readonly T[] };

async function undefinedWhenAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}
