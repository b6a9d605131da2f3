/** The libraries for key formats, loaded at first use: most runs of a provider process read no key. */
export const sshpk = (): typeof import("sshpk") => require("sshpk");

/** Needed for one old format only. */
export const nodeForge = (): typeof import("node-forge") => require("node-forge");

/** The part of bcrypt-pbkdf that is used; the package has no types. */
interface Bcrypt {
  /** Writes 32 bytes to `out`: bcrypt's hash of two SHA-512 digests. */
  hash(sha512OfPassphrase: Uint8Array, sha512OfSalt: Uint8Array, out: Uint8Array): void;
}

/** One hash of OpenSSH's key derivation. Its whole derivation is not used: it does nothing else meanwhile. */
export const bcrypt = (): Bcrypt => require("bcrypt-pbkdf");
