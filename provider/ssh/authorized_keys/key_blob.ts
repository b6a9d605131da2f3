import { lengthPrefixed, type TakenFields, takeFields } from "../../keys/wire";

/** A key as sshd decodes it. Two texts are the same key if `type` and `blob` are equal. */
export interface DecodedKey {
  /** Type of the key itself: `ssh-rsa` also if the text has `rsa-sha2-512`. */
  readonly type: string;
  /** Wire encoding in its one canonical form: integers without padding, names without a final NUL. For a certificate: the bytes as they are. */
  readonly blob: Buffer;
}

/** A type of key that a line of `authorized_keys` may have, as in the tables of OpenSSH's sshkey.c. */
interface BlobKind {
  /** Every name of the type, before the blob or inside; the first is canonical. */
  readonly words: readonly string[];
  /** Another name that sshd accepts inside the blob, in upper or lower case. */
  readonly shortName?: string;
  /** For each field, a function to its canonical form, or to undefined if sshd refuses it. Absent: nothing is decoded. */
  readonly fields?: readonly ((field: Buffer) => Buffer | undefined)[];
}

const sk = (word: string) => `${word}@openssh.com`;
const certified = (...words: string[]) => ({ words: words.map((word) => sk(`${word}-cert-v01`)) });

const kinds: readonly BlobKind[] = [
  { words: ["ssh-ed25519"], shortName: "ed25519", fields: [bytes(32)] },
  { words: ["ssh-rsa", "rsa-sha2-256", "rsa-sha2-512"], shortName: "rsa", fields: [integer(0), integer(128)] },
  { words: ["ecdsa-sha2-nistp256"], fields: [name("nistp256"), bytes(65)] },
  { words: ["ecdsa-sha2-nistp384"], fields: [name("nistp384"), bytes(97)] },
  { words: ["ecdsa-sha2-nistp521"], fields: [name("nistp521"), bytes(133)] },
  { words: [sk("sk-ssh-ed25519")], shortName: "ed25519-sk", fields: [bytes(32), name()] },
  {
    words: [sk("sk-ecdsa-sha2-nistp256"), sk("webauthn-sk-ecdsa-sha2-nistp256")],
    fields: [name("nistp256"), bytes(65), name()],
  },
  { words: ["ssh-dss"], shortName: "dsa", fields: [integer(0), integer(0), integer(0), integer(0)] },
  certified("ssh-ed25519"),
  certified("ssh-rsa", "rsa-sha2-256", "rsa-sha2-512"),
  certified("ecdsa-sha2-nistp256"),
  certified("ecdsa-sha2-nistp384"),
  certified("ecdsa-sha2-nistp521"),
  certified("sk-ssh-ed25519"),
  certified("sk-ecdsa-sha2-nistp256"),
  certified("ssh-dss"),
];

/**
 * Decodes a type name and the base64 after it.
 *
 * @returns undefined if sshd would not see a key
 */
export function decodeKey(word: string, base64: string): DecodedKey | undefined {
  const kind = kinds.find(({ words }) => words.includes(word));
  const blob = kind && decodeBase64(base64);
  const inner = blob && takeFields(blob, 1);
  return inner && hasName(kind, inner) ? canonical(kind, blob, inner.rest) : undefined;
}

/** As the resolver library's b64_pton, which sshd calls: it ignores any white space, and needs the padding. */
function decodeBase64(base64: string): Buffer | undefined {
  const dense = base64.replace(/[\n\v\f\r]/g, "");
  const blob = Buffer.from(dense, "base64");
  return blob.toString("base64") === dense ? blob : undefined;
}

function hasName({ words, shortName }: BlobKind, { fields }: TakenFields): boolean {
  const inner = fields[0] && withoutFinalNul(fields[0])?.toString("latin1");
  return inner !== undefined && (words.includes(inner) || inner.toLowerCase() === shortName);
}

function canonical({ words, fields }: BlobKind, blob: Buffer, rest: Buffer): DecodedKey | undefined {
  const [type = ""] = words;
  if (!fields) return { type, blob };
  const taken = takeFields(rest, fields.length);
  if (!taken || taken.rest.length > 0) return undefined;
  const parts = taken.fields.map((field, at) => fields[at]?.(field));
  if (!parts.every((part) => part !== undefined)) return undefined;
  return { type, blob: Buffer.concat([Buffer.from(type), ...parts].map(lengthPrefixed)) };
}

function bytes(length: number) {
  return (field: Buffer) => (field.length === length ? field : undefined);
}

/** A text field, if given with its only allowed value. */
function name(expected?: string) {
  return (field: Buffer) => {
    const text = withoutFinalNul(field);
    return expected === undefined || text?.toString("latin1") === expected ? text : undefined;
  };
}

/** sshd reads names as C strings, and allows a NUL at their very end. */
function withoutFinalNul(field: Buffer): Buffer | undefined {
  const nul = field.indexOf(0);
  if (nul === -1) return field;
  return nul === field.length - 1 ? field.subarray(0, nul) : undefined;
}

/** An integer of `least` to 2048 bytes (RFC 4251 section 5). sshd accepts leading zeros and refuses a sign. */
function integer(least: number) {
  return (field: Buffer) => {
    const start = field.findIndex((byte) => byte !== 0);
    const digits = start === -1 ? Buffer.alloc(0) : field.subarray(start);
    if (isSigned(field) || field.length > 2049 || digits.length < least || digits.length > 2048) return undefined;
    return isSigned(digits) ? Buffer.concat([Buffer.alloc(1), digits]) : digits;
  };
}

function isSigned(integer: Buffer): boolean {
  return ((integer[0] ?? 0) & 0x80) !== 0;
}
