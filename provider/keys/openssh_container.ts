import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { bcryptPbkdf } from "./bcrypt_pbkdf";
import { checkBcryptRounds } from "./derivation_work";
import { type PrivateKeyBlock, passphraseError, unusablePrivateKey } from "./private_key_block";
import { lengthPrefixed, takeFields } from "./wire";

/** The file format that ssh-keygen writes by default (OpenSSH's PROTOCOL.key), with its private section as it is. */
export interface OpensshContainer {
  readonly cipher: string;
  /** Options of the key derivation; empty when the key is not encrypted. */
  readonly kdfOptions: Buffer;
  /** The blob of the public half, which is never encrypted. */
  readonly publicBlob: Buffer;
  /** The private section: padded, and encrypted if there is a cipher. */
  readonly secret: Buffer;
}

interface Cipher {
  readonly keyBytes: number;
  readonly blockBytes: number;
}

/** The ciphers of ssh-keygen without those that add a tag, which are used by nobody who does not ask for them. */
const ciphers: Readonly<Record<string, Cipher>> = Object.fromEntries(
  ["cbc", "ctr"].flatMap((mode) =>
    [128, 192, 256].map((bits) => [`aes${bits}-${mode}`, { keyBytes: bits / 8, blockBytes: 16 }]),
  ),
);

const WRITTEN_CIPHER = "aes256-ctr";
/** What ssh-keygen did until 9.4; a reading takes a third of a second. */
const WRITTEN_ROUNDS = 16;
const PLAIN_BLOCK_BYTES = 8;
const LINE_LENGTH = 70;
const magic = Buffer.from("openssh-key-v1\0");
const oneKey = Buffer.from([0, 0, 0, 1]);

/** Reads everything but the private section. @throws InvalidPrivateKeyError */
export function readContainer(block: PrivateKeyBlock): OpensshContainer {
  const { cipher, kdf, kdfOptions, keyCount, publicBlob, secret, rest } = splitContainer(block);
  checkCipher(cipher, kdf);
  if (!keyCount.equals(oneKey)) throw unusablePrivateKey("it holds several keys in one block; give exactly one");
  const { blockBytes } = ciphers[cipher] ?? { blockBytes: PLAIN_BLOCK_BYTES };
  if (rest.length > 0 || secret.length === 0 || secret.length % blockBytes !== 0) throw damagedKey();
  return { cipher, kdfOptions, publicBlob, secret };
}

/** The blob of the public half, which is not encrypted, whatever the cipher is. */
export function publicBlobIn(block: PrivateKeyBlock): Buffer {
  return splitContainer(block).publicBlob;
}

function splitContainer({ body }: PrivateKeyBlock) {
  const base64 = body.replaceAll(/\s/g, "");
  const bytes = Buffer.from(base64, "base64");
  // Buffer skips what is no base64, and ignores all behind its padding.
  if (bytes.toString("base64") !== base64) throw damagedKey();
  const head = bytes.subarray(0, magic.length).equals(magic) ? takeFields(bytes.subarray(magic.length), 3) : undefined;
  const [cipher, kdf, kdfOptions] = head?.fields ?? [];
  const keys = head && takeFields(head.rest.subarray(oneKey.length), 2);
  const [publicBlob, secret] = keys?.fields ?? [];
  if (!head || !keys || !cipher || !kdf || !kdfOptions || !publicBlob || !secret) throw damagedKey();
  return {
    cipher: cipher.toString("latin1"),
    kdf: kdf.toString("latin1"),
    kdfOptions,
    keyCount: head.rest.subarray(0, oneKey.length),
    publicBlob,
    secret,
    rest: keys.rest,
  };
}

function checkCipher(cipher: string, kdf: string): void {
  if (cipher !== "none" && !(cipher in ciphers)) {
    const remedy = "change it with `ssh-keygen -p -Z aes256-ctr -f FILE`";
    throw unusablePrivateKey(`it is encrypted with a cipher that is not supported; ${remedy}`);
  }
  if (kdf !== (cipher === "none" ? "none" : "bcrypt")) throw damagedKey();
}

/** Whether the private section of a container needs a passphrase. */
export function isEncrypted({ cipher }: OpensshContainer): boolean {
  return cipher !== "none";
}

/** The private section, decrypted; with a wrong passphrase it is nonsense. @throws WrongPassphraseError without one */
export async function decryptSecret(container: OpensshContainer, passphrase: string | undefined): Promise<Buffer> {
  const cipher = ciphers[container.cipher];
  if (!cipher) return container.secret;
  if (!passphrase) throw passphraseError(passphrase);
  const options = takeFields(container.kdfOptions, 1);
  const salt = options?.fields[0] ?? Buffer.alloc(0);
  const rounds = options?.rest.length === 4 ? options.rest.readUInt32BE(0) : 0;
  if (salt.length === 0 || rounds === 0) throw damagedKey();
  checkBcryptRounds(rounds);
  const { key, iv } = await deriveKey(cipher, passphrase, salt, rounds);
  const decipher = createDecipheriv(nodeName(container.cipher), key, iv).setAutoPadding(false);
  return Buffer.concat([decipher.update(container.secret), decipher.final()]);
}

/** Writes a container with its BEGIN and END lines. @param secret the private section, not padded */
export async function writeContainer(publicBlob: Buffer, secret: Buffer, passphrase: string | undefined) {
  const { head, section } = passphrase
    ? await encryptSecret(secret, passphrase)
    : { head: ["none", "none", ""].map(Buffer.from), section: padded(secret, PLAIN_BLOCK_BYTES) };
  const fields = [...head.map(lengthPrefixed), oneKey, ...[publicBlob, section].map(lengthPrefixed)];
  const base64 = Buffer.concat([magic, ...fields]).toString("base64");
  const lines = base64.match(new RegExp(`.{1,${LINE_LENGTH}}`, "g")) ?? [];
  return `${["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----"].join("\n")}\n`;
}

async function encryptSecret(secret: Buffer, passphrase: string): Promise<{ head: Buffer[]; section: Buffer }> {
  const cipher = { keyBytes: 32, blockBytes: 16 };
  const salt = randomBytes(16);
  const rounds = Buffer.alloc(4);
  rounds.writeUInt32BE(WRITTEN_ROUNDS);
  const { key, iv } = await deriveKey(cipher, passphrase, salt, WRITTEN_ROUNDS);
  const encryption = createCipheriv(nodeName(WRITTEN_CIPHER), key, iv).setAutoPadding(false);
  const section = Buffer.concat([encryption.update(padded(secret, cipher.blockBytes)), encryption.final()]);
  const options = Buffer.concat([lengthPrefixed(salt), rounds]);
  return { head: [Buffer.from(WRITTEN_CIPHER), Buffer.from("bcrypt"), options], section };
}

async function deriveKey({ keyBytes, blockBytes }: Cipher, passphrase: string, salt: Buffer, rounds: number) {
  const bytes = await bcryptPbkdf(passphrase, salt, rounds, keyBytes + blockBytes);
  return { key: bytes.subarray(0, keyBytes), iv: bytes.subarray(keyBytes) };
}

/** OpenSSH writes `aes256-ctr` for what OpenSSL calls `aes-256-ctr`. */
function nodeName(cipher: string): string {
  return cipher.replace("aes", "aes-");
}

/** Filled up with 1, 2, 3 and so on. */
function padded(bytes: Buffer, blockBytes: number): Buffer {
  const missing = (blockBytes - (bytes.length % blockBytes)) % blockBytes;
  return Buffer.concat([bytes, Buffer.from(Array.from({ length: missing }, (_, index) => index + 1))]);
}

/** The error for a container, or a key in it, that cannot be what a program has written. */
export function damagedKey(): Error {
  return unusablePrivateKey("its content is damaged or cut off; give the whole file as it is");
}
