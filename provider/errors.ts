/**
 * Every error that a user of this package can meet.
 *
 * Each has a stable `code` to search for and to match on; its message names what was wrong, where, and what to do
 * next. None ever contains a private key, a passphrase, an API secret or user data.
 */

/** The common parent: `catch (error) { if (error instanceof ExoscaleSshError) ... error.code }`. */
export abstract class ExoscaleSshError extends Error {
  /** Stable identifier of the kind of error, such as `KEY_PUBLIC_INVALID`; never renamed. */
  abstract readonly code: string;

  override get name(): string {
    return this.constructor.name;
  }
}

// --- Key material -----------------------------------------------------------------------------------------------

/** A text that should be an OpenSSH public key and is not one that can be registered and used. */
export class InvalidPublicKeyError extends ExoscaleSshError {
  readonly code = "KEY_PUBLIC_INVALID";
}

/** A text that should be a private key and cannot be read as one. The text itself is never part of the message. */
export class InvalidPrivateKeyError extends ExoscaleSshError {
  readonly code = "KEY_PRIVATE_INVALID";
}

/** A private key is encrypted and the passphrase given does not open it, or none was given. */
export class WrongPassphraseError extends ExoscaleSshError {
  readonly code = "KEY_PASSPHRASE_WRONG";
}

/** A combination of key parameters that cannot be generated or encoded, such as RSA below 2048 bits. */
export class UnsupportedKeyError extends ExoscaleSshError {
  readonly code = "KEY_UNSUPPORTED";
}
