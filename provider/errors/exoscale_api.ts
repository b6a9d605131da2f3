/** Exoscale's API. */
import { ExoscaleSshError } from "./base";
import { sentences } from "./sentences";

/** Longest address of a server that an error repeats, in characters. */
const LONGEST_ADDRESS = 200;

/**
 * A name or an id that the API cannot accept. No request was sent.
 *
 * Change the value to what the message allows.
 */
export class InvalidNameError extends ExoscaleSshError {
  readonly code = "API_NAME_INVALID";

  constructor(
    /** What the value was given as, such as `SSH key name`. */
    readonly field: string,
    /** The value as it was given. */
    readonly value: string,
    /** What is allowed: a regular expression, or words where none fits. */
    readonly pattern: string,
  ) {
    super(`${JSON.stringify(value)} is not a valid ${field}. Allowed: ${pattern}.`);
  }
}

/**
 * The API key or its secret is not configured.
 *
 * Set the two values that the message names, in the stack's configuration or the environment. An explicit provider
 * reads its own arguments. `pulumi refresh` and `pulumi destroy` use the configuration of the last `pulumi up`; if that
 * had none, set the variables or pass `--run-program`.
 */
export class MissingCredentialsError extends ExoscaleSshError {
  readonly code = "API_CREDENTIALS_MISSING";

  /** @param missing which of the two halves were not found */
  constructor(readonly missing: readonly ("apiKey" | "apiSecret")[]) {
    const variable = { apiKey: "EXOSCALE_API_KEY", apiSecret: "EXOSCALE_API_SECRET" };
    const ways = missing.map((half) => `\`pulumi config set --secret exoscale-ssh:${half}\` or set ${variable[half]}`);
    super(
      `Exoscale credentials are missing. Run ${ways.join(", and ")}. (An explicit provider reads its own arguments; ` +
        "`pulumi refresh` and `pulumi destroy` read the configuration of the last `pulumi up`. The variables always work.)",
    );
  }
}

/** The request during which an error occurred. */
export interface ApiCallSite {
  /** The intention in words that follow "could not", such as `register SSH key "deploy"`. */
  readonly what: string;
  /** HTTP method. */
  readonly method: string;
  /** Path after the endpoint, without the query. */
  readonly path: string;
}

/** What is known about an answer that is not a success. */
export interface ApiRefusal {
  /** HTTP status. */
  readonly status: number;
  /** The server's messages, most general first; empty when there is no readable one. */
  readonly messages: readonly string[];
  /** A sentence about what to do; default none. */
  readonly hint?: string | undefined;
}

/**
 * Exoscale answered, and the answer is not a success, or it lacks what it must have.
 *
 * Read Exoscale's answer in the message, and the hint if there is one.
 */
export class ApiError extends ExoscaleSshError {
  readonly code: string = "API_REFUSED";
  /** The request, such as `POST /ssh-key`. */
  readonly operation: string;
  /** HTTP status. */
  readonly status: number;
  /** The server's messages, most general first. */
  readonly serverMessages: readonly string[];

  constructor(site: ApiCallSite, refusal: ApiRefusal) {
    const operation = `${site.method} ${site.path}`;
    const message = refusal.messages.length > 0 ? refusal.messages.join("; ") : "no message";
    super(
      sentences(
        `Could not ${site.what}: Exoscale answered ${refusal.status} to ${operation}: ${message}`,
        refusal.hint,
      ),
    );
    this.operation = operation;
    this.status = refusal.status;
    this.serverMessages = refusal.messages;
  }
}

/**
 * The requested object does not exist (404).
 *
 * Run `pulumi refresh`: somebody deleted it, or the name is wrong.
 */
export class NotFoundError extends ApiError {
  override readonly code = "API_NOT_FOUND";
}

/**
 * The API does not accept the credentials: the key is unknown, the secret is wrong, or a clock is far off.
 *
 * Check that key and secret belong together and were not revoked, and that the clock is right. After a rotation run
 * `pulumi up`, or `refresh` and `destroy` with `--run-program`.
 */
export class CredentialsRejectedError extends ApiError {
  override readonly code = "API_CREDENTIALS_REJECTED";
}

/**
 * The API key is valid, but its IAM role does not allow this request.
 *
 * Allow the operation in the IAM role of the API key, or use another key.
 */
export class PermissionDeniedError extends ApiError {
  override readonly code = "API_PERMISSION_DENIED";
}

/**
 * Exoscale did not answer: there was no connection, it broke, or the answer took too long.
 *
 * Check `exoscale-ssh:endpoint`, the network and the proxy. Nothing is lost: run the command again.
 */
export class ApiUnreachableError extends ExoscaleSshError {
  readonly code = "API_UNREACHABLE";

  constructor(
    site: ApiCallSite,
    /** The API endpoint that was tried. */
    readonly endpoint: string,
    /** What happened and what to do about it, in full sentences. */
    readonly reason: string,
    cause: unknown,
  ) {
    super(`Could not ${site.what}: no answer from ${endpoint}. ${reason}`, { cause });
  }
}

/**
 * The list of zones says that the API of a zone is at a host that is not Exoscale's. No request was sent there: it would
 * carry a signature of the API key.
 *
 * Somebody may be in between: check `exoscale-ssh:endpoint` and the proxy. If that host is right, set the endpoint to it.
 */
export class UntrustedEndpointError extends ExoscaleSshError {
  readonly code = "API_ENDPOINT_UNTRUSTED";

  constructor(
    /** Name of the zone. */
    readonly zone: string,
    /** Where its API is, by the list of zones. */
    readonly zoneEndpoint: string,
    /** The API endpoint that gave the list. */
    readonly endpoint: string,
  ) {
    super(
      `The list of zones of ${endpoint} says that the API of ${zone} is at ${JSON.stringify(shortened(zoneEndpoint))}. ` +
        `Signed requests go only to https://api-${zone}.exoscale.com and to the host of exoscale-ssh:endpoint, also with ` +
        "the name of another zone in it, so nothing was sent there. Somebody may be in between: check the endpoint and " +
        "the proxy. If that address is right, set exoscale-ssh:endpoint (EXOSCALE_API_ENDPOINT) to it.",
    );
  }
}

function shortened(text: string): string {
  return text.length > LONGEST_ADDRESS ? `${text.slice(0, LONGEST_ADDRESS)}...` : text;
}

/**
 * Exoscale accepted the request, but reported that the operation failed.
 *
 * The message has Exoscale's reason. Anything that was created is in the state: correct the cause and run `pulumi up`
 * again.
 */
export class OperationFailedError extends ExoscaleSshError {
  readonly code = "API_OPERATION_FAILED";

  constructor(
    /** What was asked, in words that follow "could not". */
    what: string,
    /** Why and where it failed. */
    readonly failure: {
      /** Id of the operation; absent where only the resource was seen in a failed state. */
      readonly operationId?: string | undefined;
      /** Id of the resource, which may exist although the operation failed. */
      readonly resourceId?: string | undefined;
      /** Exoscale's reason, such as `fault` or `unavailable`. */
      readonly reason: string;
      /** Exoscale's explanation. */
      readonly serverMessage?: string | undefined;
      /** A sentence about what to do; default none. */
      readonly hint?: string | undefined;
    },
  ) {
    const operation = failure.operationId ? `operation ${failure.operationId} ended in` : "it ended in";
    const reason = failure.serverMessage ? `${failure.reason}: ${failure.serverMessage}` : failure.reason;
    const rest = failure.resourceId ? `The resource ${failure.resourceId} may exist nevertheless.` : undefined;
    super(sentences(`Could not ${what}: ${operation} failure (${reason})`, rest, failure.hint));
  }
}

/**
 * An operation was still pending at its deadline; it may yet succeed.
 *
 * Run `pulumi refresh`, then `pulumi up`. If it needs longer, allow more time with `timeouts`.
 */
export class OperationTimeoutError extends ExoscaleSshError {
  readonly code = "API_OPERATION_TIMEOUT";

  constructor(
    /** What was asked, in words that follow "could not". */
    readonly what: string,
    /** What was waited for: `operation <id>` or `instance <id>`. */
    readonly waitedFor: string,
    /** Seconds that the wait lasted. */
    readonly seconds: number,
    cause?: unknown,
    /** How the program allows more time, in words that follow "or"; default: `timeouts` in general. */
    remedy = "allow more time with `timeouts`",
  ) {
    super(
      `Gave up waiting to ${what}: ${waitedFor} ${cause ? "did not report its end within" : "was still pending after"} ` +
        `${seconds} s and may yet succeed. Run \`pulumi refresh\` and then \`pulumi up\` to continue, or ${remedy}.`,
      { cause },
    );
  }
}

/**
 * The account already has an SSH key with that name.
 *
 * Choose another name, or delete that key. If it is the same key, `adopt: true` takes it over.
 */
export class KeyNameTakenError extends ExoscaleSshError {
  readonly code = "API_KEY_NAME_TAKEN";

  constructor(
    /** Name of the key. */
    readonly keyName: string,
    /** MD5 fingerprint that the account has under that name. */
    readonly registered: string,
    /** MD5 fingerprint of the key that was to be registered. */
    readonly wanted: string,
  ) {
    super(
      registered === wanted
        ? `The account already has this very key under the name "${keyName}" (fingerprint ${registered}). ` +
            "Set `adopt: true` to take it over, or choose another name."
        : `The account already has another SSH key under the name "${keyName}": its fingerprint is ${registered}, ` +
            `the fingerprint of the key to register is ${wanted}. Choose another name, or delete that key first, if it is of ` +
            `no use any more, as after an interrupted run: exo compute ssh-key delete ${keyName}`,
    );
  }
}

/**
 * The account already has the key under another name, and Exoscale refused to register it under a second one.
 *
 * Give that `name` and `adopt: true`, or delete the other registration first.
 */
export class KeyMaterialTakenError extends ExoscaleSshError {
  readonly code = "API_KEY_MATERIAL_TAKEN";

  constructor(
    /** Exoscale's refusal. */
    refusal: ApiError,
    /** Name under which the account has the key. */
    readonly otherName: string,
  ) {
    super(
      `${refusal.message} The account already has this very key under the name "${otherName}". Use it under that name, ` +
        `which \`adopt: true\` permits, or delete it first. If it is the pair that this one replaces, set ` +
        "`deleteBeforeReplace: true` in the resource's options, and `allowLockout: true` if it has a private half.",
      { cause: refusal },
    );
  }
}

/**
 * Whether a creation that failed has certainly created nothing: it was refused, or never sent. Any other failure may hide
 * a creation that took place.
 */
export function isCertainlyNotCreated(error: unknown): boolean {
  if (error instanceof MissingCredentialsError || error instanceof InvalidNameError) return true;
  if (!(error instanceof ApiError) || !error.operation.startsWith("POST ")) return false;
  return error.status >= 400 && error.status < 500 && error.status !== 408 && error.status !== 429;
}
