import type { Clock } from "./clock";
import type { PollSchedules } from "./poll_schedule";
import type { RetryPolicy } from "./retry";
import type { Credentials } from "./signature";

/** Options of the API client. */
export interface ApiOptions {
  /** Where the API of a zone is, such as `https://api-ch-gva-2.exoscale.com/v2`. */
  readonly endpoint: string;
  /**
   * Gives the credentials. Asked before each try, so that a rotated secret is used at once; an error that it throws
   * ends the request. `unsigned` is for the list of zones, which the API gives to anybody.
   */
  readonly credentials: (() => Credentials) | "unsigned";
  /** Ends every wait and every request that reads, and prevents new ones; they reject with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Takes a line whenever a request is tried again; default: no log. */
  readonly log?: (line: string) => void;
  /** Called before each request that changes something; default: nothing is called. */
  readonly onChange?: () => void;
  /**
   * Whether members that may be absent are left out of answers in which they are null; default false: answers are as they
   * came.
   */
  readonly leaveOutNulls?: boolean;
  /** `User-Agent` header; default `pulumi-exoscale-ssh`. */
  readonly userAgent?: string;
  /** Departures from the default retry policy. */
  readonly retry?: Partial<RetryPolicy>;
  /** Time that one try may take, in ms; default 60,000. */
  readonly tryTimeoutMs?: number;
  /** Time that a call may take in all when it sets no deadline, in ms; default ten minutes. */
  readonly callTimeoutMs?: number;
  /** What earlier operations have shown about how long they take; default nothing. */
  readonly polls?: PollSchedules;
  /** Time and chance; default the real ones. */
  readonly clock?: Clock;
}

/** One request to the API. */
export interface Call {
  /** The intention, for messages, in words that follow "could not": `register SSH key "deploy"`. */
  readonly what: string;
  /** Path after the endpoint; its variable parts come from `names.ts`. */
  readonly path: string;
  /** Query parameters by name. */
  readonly query?: Readonly<Record<string, string>>;
  /** JSON body; default none. */
  readonly body?: object;
  /** Instant, in ms since 1970, by which all tries and waits end; default ten minutes from now. */
  readonly deadline?: number | undefined;
}
