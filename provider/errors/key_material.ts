/** Key material. */
import { ExoscaleSshError } from "./base";

/**
 * The text is not an OpenSSH public key that can be registered and used, or it names no key of an ssh-agent.
 *
 * Give one line as `ssh-keygen` writes it to a `.pub` file: `ssh-ed25519 AAAA... comment`, without options before it. An
 * `agentIdentity` may also be a fingerprint, `SHA256:...`.
 */
export class InvalidPublicKeyError extends ExoscaleSshError {
  readonly code = "KEY_PUBLIC_INVALID";
}

/**
 * The text is not a private key that can be read and used. The message never contains the text.
 *
 * Give the whole file, first and last line included, in OpenSSH's, PKCS#8, PKCS#1, SEC1 or encrypted PEM format.
 */
export class InvalidPrivateKeyError extends ExoscaleSshError {
  readonly code = "KEY_PRIVATE_INVALID";
}

/**
 * A private key is encrypted, and its passphrase is wrong or missing.
 *
 * Give the `passphrase` of the key, or decrypt it: `ssh-keygen -p -f FILE`.
 */
export class WrongPassphraseError extends ExoscaleSshError {
  readonly code = "KEY_PASSPHRASE_WRONG";
}

/**
 * A combination of key parameters that cannot be generated or encoded, such as RSA below 2048 bits.
 *
 * Use ed25519, RSA from 2048 to 8192 bits, or ECDSA on P-256, P-384 or P-521.
 */
export class UnsupportedKeyError extends ExoscaleSshError {
  readonly code = "KEY_UNSUPPORTED";
}

/**
 * A private key was encoded and, when read back, was not the same key. It was not stored.
 *
 * This is a bug of this package. Nothing was registered. Use another `algorithm`, and report it.
 */
export class KeyEncodingError extends ExoscaleSshError {
  readonly code = "KEY_ENCODING_FAILED";
}

/**
 * Options for a line of `authorized_keys` that sshd would refuse, or with which nobody could log in.
 *
 * Write them as the message says; sshd(8), AUTHORIZED_KEYS FILE FORMAT, explains them.
 */
export class InvalidKeyOptionsError extends ExoscaleSshError {
  readonly code = "KEY_OPTIONS_INVALID";
}

/**
 * Something exists where a private key file is to be created. It is never overwritten.
 *
 * Choose another path, or move the existing file away.
 */
export class KeyFileTakenError extends ExoscaleSshError {
  readonly code = "KEY_FILE_TAKEN";
}

/**
 * The file with a pair's private key is not on this machine, or it holds another key.
 *
 * Run Pulumi where the file is, or put it back.
 */
export class KeyFileMissingError extends ExoscaleSshError {
  readonly code = "KEY_FILE_MISSING";
}

/**
 * A private key file cannot be written, read or removed.
 *
 * Correct the path, or the permissions of the file and its folder.
 */
export class KeyFileUnusableError extends ExoscaleSshError {
  readonly code = "KEY_FILE_UNUSABLE";
}
