import { isDeepStrictEqual } from "node:util";
import { KeyEncodingError, UnsupportedKeyError } from "../errors";
import { breaksLines, cleanComment } from "./comment";
import { type PrivateKey, parsePlainPrivateKey, parsePrivateKey } from "./private_key";
import { unusablePrivateKey } from "./private_key_block";
import { writePutty } from "./putty";
import { writeOpensshPrivateKey } from "./write_openssh";

/** A private key as text, in the formats that programs ask for. Every text ends with a line break. */
export interface EncodedPrivateKey {
  /** The format of `ssh-keygen`: read by every OpenSSH since 6.5 (2014). Encrypted when there is a passphrase. */
  readonly openssh: string;
  /** PKCS#8 PEM. Encrypted (PBES2, PBKDF2, AES-256-CBC) when there is a passphrase. */
  readonly pem: string;
  /** PuTTY's format, version 2. Only without a passphrase: version 2 derives keys by bare SHA-1. */
  readonly putty?: string;
}

/** How to write a private key. */
export interface EncodeOptions {
  /** Default: the key's own. Control characters become spaces: a newline would start a second key line. */
  readonly comment?: string | undefined;
  /** Encrypts every output. 1 to 1023 bytes of UTF-8, no control characters. Default: none, outputs are plain. */
  readonly passphrase?: string | undefined;
}

/**
 * Writes a private key in every format. Each library was chosen after its output was read by `ssh-keygen`, `openssl` and
 * `puttygen`; a library that is not used for a job does it wrong or not at all:
 *
 * | job                            | done by     | because                                                            |
 * |--------------------------------|-------------|--------------------------------------------------------------------|
 * | generate                       | node:crypto | asynchronous; node-forge blocks for up to a minute on RSA-4096, and |
 * |                                |             | sshpk has no RSA                                                   |
 * | read a public key line         | sshpk       | node:crypto does not know the format; framing and curve points are |
 * |                                |             | checked by us, because sshpk accepts invalid ones                  |
 * | public line, fingerprints      | sshpk       | correct for all kinds                                              |
 * | public PEM (SPKI)              | node:crypto | what OpenSSL itself writes                                         |
 * | read and write OpenSSH private | us          | node:crypto cannot; sshpk blocks while it derives the key of a     |
 * |                                |             | passphrase, loses two RSA numbers, and its AES-GCM opens nowhere   |
 * | read and write PKCS#8          | node:crypto | sshpk ignores the passphrase and writes plain text, and its        |
 * |                                |             | Ed25519 PKCS#8 is unreadable before OpenSSL 3.5                    |
 * | read PKCS#1, SEC1, DEK-Info    | node:crypto | all ciphers but single DES                                         |
 * | read DEK-Info with single DES  | node-forge  | OpenSSL 3 has dropped it; RSA only                                 |
 * | write PuTTY v2                 | us          | sshpk writes the public half only; node-forge RSA only, and PuTTY  |
 * |                                |             | refuses one file in nine. Version 3 needs Argon2, which Node 22 has |
 * |                                |             | not: with a passphrase, puttygen makes one of our OpenSSH format   |
 *
 * Read by other programs, for every kind, with and without comment and passphrase
 * (`tests/keys/read_by_others.test.ts`): OpenSSH private by `ssh-keygen` and `puttygen`; PKCS#8 by `openssl`, and by
 * `ssh-keygen` but for Ed25519, which it reads from 9.6 on; public PEM by `openssl`, and by `ssh-keygen` but for
 * Ed25519; PuTTY v2 by `puttygen`. `ssh` and `plink` log in with each (`tests/resources/key_login_sshd.test.ts`).
 *
 * @throws UnsupportedKeyError for a passphrase that could not be typed again.
 * @throws KeyEncodingError when an output, read back, is not this key.
 */
export async function encodePrivateKey(key: PrivateKey, options: EncodeOptions = {}): Promise<EncodedPrivateKey> {
  const putty = encodePutty(key, options);
  const [openssh, pem] = [await encodeOpenssh(key, options), await encodePem(key, options)];
  return { openssh, pem, ...(putty !== undefined && { putty }) };
}

/** Writes a private key in OpenSSH's format. @throws as encodePrivateKey does */
export async function encodeOpenssh(key: PrivateKey, { comment, passphrase }: EncodeOptions = {}): Promise<string> {
  if (passphrase !== undefined) checkPassphrase(passphrase);
  const text = await writeOpensshPrivateKey(key, cleanComment(comment ?? key.comment), passphrase);
  return await readBack(text, key, passphrase);
}

/** Writes a private key in PKCS#8, which has no comment. @throws as encodePrivateKey does */
export async function encodePem(key: PrivateKey, { passphrase }: EncodeOptions = {}): Promise<string> {
  if (passphrase !== undefined) checkPassphrase(passphrase);
  return await readBack(writePkcs8(key, passphrase), key, passphrase);
}

/** Writes a private key in PuTTY's format; undefined with a passphrase. */
export function encodePutty(key: PrivateKey, { comment, passphrase }: EncodeOptions = {}): string | undefined {
  return passphrase === undefined ? writePutty(key, cleanComment(comment ?? key.comment)) : undefined;
}

/** Whether a key that was read can be written in every format. @throws InvalidPrivateKeyError */
export async function checkCanBeWritten(key: PrivateKey): Promise<void> {
  try {
    await encodePrivateKey(key);
  } catch {
    throw unusablePrivateKey("its numbers are not what other programs compute from them; make a new key");
  }
}

/** Whether a passphrase can be typed again. @throws UnsupportedKeyError that starts with the name of the field */
export function checkPassphrase(passphrase: string): void {
  const bytes = Buffer.byteLength(passphrase);
  if (bytes === 0) throw new UnsupportedKeyError("passphrase: is empty; leave it out for keys without encryption.");
  if (bytes > 1023) throw new UnsupportedKeyError("passphrase: is longer than the 1023 bytes that OpenSSL reads.");
  if (breaksLines(passphrase)) {
    throw new UnsupportedKeyError("passphrase: contains a newline or another character that no prompt accepts.");
  }
}

function writePkcs8(key: PrivateKey, passphrase: string | undefined): string {
  const encryption = passphrase === undefined ? {} : { cipher: "aes-256-cbc", passphrase };
  return key.material.export({ type: "pkcs8", format: "pem", ...encryption }).toString();
}

async function readBack(text: string, key: PrivateKey, passphrase: string | undefined): Promise<string> {
  if (passphrase !== undefined && opensWithoutPassphrase(text)) {
    throw new KeyEncodingError("The private key was written without its passphrase; nothing was stored.");
  }
  if (!sameMaterial(await parsePrivateKey(text, passphrase), key)) {
    throw new KeyEncodingError("The private key was read back as another key; nothing was stored.");
  }
  return text;
}

function opensWithoutPassphrase(text: string): boolean {
  try {
    parsePlainPrivateKey(text);
    return true;
  } catch {
    return false;
  }
}

function sameMaterial(a: PrivateKey, b: PrivateKey): boolean {
  return isDeepStrictEqual(a.material.export({ format: "jwk" }), b.material.export({ format: "jwk" }));
}
