/** Exoscale's API. */
import { ExoscaleSshError } from "./base";
import { sentences } from "./sentences";

/**
 * A name or identifier that the API cannot accept; refused before any request is made from it.
 *
 * Correct the value to what the message allows.
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
    super(`${JSON.stringify(value)} cannot be used as ${field}: it has to match ${pattern}.`);
  }
}

/**
 * The API key or its secret is configured nowhere.
 *
 * Set the two values that the message names, in the stack's configuration or the environment. What an explicit provider is
 * to know stands in its own arguments. `pulumi refresh` and `pulumi destroy` go by the configuration of the last
 * `pulumi up`: they need the variables, or `--run-program`, where it had none.
 */
export class MissingCredentialsError extends ExoscaleSshError {
  readonly code = "API_CREDENTIALS_MISSING";

  /** @param missing which of the two halves were not found */
  constructor(readonly missing: readonly ("apiKey" | "apiSecret")[]) {
    const variable = { apiKey: "EXOSCALE_API_KEY", apiSecret: "EXOSCALE_API_SECRET" };
    const ways = missing.map((half) => `\`pulumi config set --secret exoscale-ssh:${half}\` or ${variable[half]}`);
    super(
      `Exoscale credentials are missing. Set ${ways.join(", and ")}. (A provider of the program's own takes its arguments, ` +
        "and `pulumi refresh` and `pulumi destroy` the configuration of the last `pulumi up`: there the variables always work.)",
    );
  }
}

/** What was being asked of the API when something went wrong. */
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
  /** What the server said, most general first; empty when it said nothing readable. */
  readonly messages: readonly string[];
  /** A sentence about what to do; default none. */
  readonly hint?: string | undefined;
}

/**
 * Exoscale answered, and the answer is not a success.
 *
 * The message has what Exoscale said, and a hint where there is one.
 */
export class ApiError extends ExoscaleSshError {
  readonly code: string = "API_REFUSED";
  /** The request, such as `POST /ssh-key`. */
  readonly operation: string;
  /** HTTP status. */
  readonly status: number;
  /** What the server said, most general first. */
  readonly serverMessages: readonly string[];

  constructor(site: ApiCallSite, refusal: ApiRefusal) {
    const operation = `${site.method} ${site.path}`;
    const said = refusal.messages.length > 0 ? refusal.messages.join("; ") : "no message";
    super(
      sentences(`Could not ${site.what}: Exoscale answered ${refusal.status} to ${operation}: ${said}`, refusal.hint),
    );
    this.operation = operation;
    this.status = refusal.status;
    this.serverMessages = refusal.messages;
  }
}

/**
 * What was asked for does not exist (404).
 *
 * Run `pulumi refresh`: somebody deleted it, or the name is wrong.
 */
export class NotFoundError extends ApiError {
  override readonly code = "API_NOT_FOUND";
}

/**
 * The API does not accept the credentials: unknown key, wrong secret, or a clock that is far off.
 *
 * Check that key and secret belong together and were not revoked, and the clock. After a rotation run `pulumi up`, or
 * `refresh` and `destroy` with `--run-program`.
 */
export class CredentialsRejectedError extends ApiError {
  override readonly code = "API_CREDENTIALS_REJECTED";
}

/**
 * The API key is valid and its IAM role does not allow this request.
 *
 * Allow the operation in the IAM role of the API key, or use another key.
 */
export class PermissionDeniedError extends ApiError {
  override readonly code = "API_PERMISSION_DENIED";
}

/**
 * No answer came: no connection, a broken one, or none in time.
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
 * Exoscale took the request and later, or at once, reported that carrying it out failed.
 *
 * The message has Exoscale's reason. What was made in part is in the state: run `pulumi up` again.
 */
export class OperationFailedError extends ExoscaleSshError {
  readonly code = "API_OPERATION_FAILED";

  constructor(
    /** What was asked, in words that follow "could not". */
    what: string,
    /** How it ended. */
    readonly failure: {
      /** Id of the operation; absent where a resource was seen in a failed state without one. */
      readonly operationId?: string | undefined;
      /** Id of the resource concerned, which may exist all the same. */
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
    const said = failure.serverMessage ? `${failure.reason}: ${failure.serverMessage}` : failure.reason;
    const rest = failure.resourceId ? `The resource ${failure.resourceId} may exist nevertheless.` : undefined;
    super(sentences(`Could not ${what}: ${operation} failure (${said})`, rest, failure.hint));
  }
}

/**
 * An operation was still pending when the time given for it was over; it may yet succeed.
 *
 * Run `pulumi refresh`, then `pulumi up`. If it takes that long, allow more with `timeouts`.
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
    /** How a program gives more time, in words that follow "or"; default: `timeouts` in general. */
    remedy = "allow more time with `timeouts`",
  ) {
    super(
      `Gave up waiting to ${what}: ${waitedFor} ${cause ? "could not be seen to end" : "was still pending after"} ` +
        `${cause ? "within " : ""}${seconds} s and may yet succeed. ` +
        `Run \`pulumi refresh\` and then \`pulumi up\` to go on from there, or ${remedy}.`,
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
            `the fingerprint of the key to register is ${wanted}. Choose another name, or delete that key first.`,
    );
  }
}

/**
 * The account has the key under another name already, and Exoscale refused to register it under a second one.
 *
 * Give that `name` and `adopt: true`, or delete the other registration first.
 */
export class KeyMaterialTakenError extends ExoscaleSshError {
  readonly code = "API_KEY_MATERIAL_TAKEN";

  constructor(
    /** What Exoscale said. */
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
