import type { AnyAuthMethod } from "ssh2";

/** One attempt to authenticate. Steps are taken in order, in one connection. */
export interface LoginStep {
  /** Its name in error messages: fingerprints, never key material. */
  label(): string;
  /** The step in the client library's terms. */
  method(user: string): AnyAuthMethod;
  /** SHA256 fingerprint of the key that it logged in with; absent before a login, and for a login without a key. */
  readonly usedKey?: string | undefined;
  /** Called after the server refused this step. `methods` are the login methods that it offered, if it did. */
  refused?(methods: readonly string[] | undefined): void;
  /** Its tries, which a server counts; absent if it is a single one. */
  progress?(): StepProgress;
}

/** How far a step got, by names of its tries. */
export interface StepProgress {
  readonly tried: readonly string[];
  readonly untried: readonly string[];
}

/**
 * Tries the method `none`, as OpenSSH's own client does first. The answer names the login methods, and the attempt does
 * not count as a failed one (RFC 4252, section 5.2).
 */
export class NoneStep implements LoginStep {
  /** The login methods that the server offers; `undefined` until it answers. */
  methods: readonly string[] | undefined;

  label(): string {
    return "no credential";
  }

  method(username: string): AnyAuthMethod {
    return { type: "none", username };
  }

  refused(methods: readonly string[] | undefined): void {
    this.methods = methods;
  }

  progress(): StepProgress {
    return { tried: [], untried: [] };
  }
}
