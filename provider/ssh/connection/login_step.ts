import type { AnyAuthMethod } from "ssh2";

/** One thing to show to a server that asks who we are. Steps are taken in order, in one connection. */
export interface LoginStep {
  /** What error messages call it: fingerprints, never key material. */
  label(): string;
  /** The step in the client library's terms. */
  method(user: string): AnyAuthMethod;
  /** SHA256 fingerprint of the key that it logged in with; absent where none was, and before. */
  readonly usedKey?: string | undefined;
  /** Called when the server did not let this step in. `methods` are the ways to log in that it named, if it did. */
  refused?(methods: readonly string[] | undefined): void;
}

/**
 * Asks for nothing, as OpenSSH's own client does first: the answer names the ways to log in, and does not count as a
 * failed attempt (RFC 4252, section 5.2).
 */
export class NoneStep implements LoginStep {
  /** The ways to log in that the server offers; `undefined` until it has said so. */
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
}
