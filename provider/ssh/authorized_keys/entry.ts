import { createHash } from "node:crypto";
import { InvalidPublicKeyError } from "../../errors";
import { keyKinds } from "../../keys/algorithm";
import { cleanComment } from "../../keys/comment";
import { parseLoginKey } from "../../keys/public_key";
import { securityKeyKinds } from "../../keys/security_key";
import { type KeyOnLine, linesOf, readLine } from "./line";
import { nameOf, roleOf, whySshdRefuses } from "./options";
import { splitOptions } from "./quotes";

/** A line of an `authorized_keys` file (sshd(8), AUTHORIZED_KEYS FILE FORMAT) that names a key. */
export interface AuthorizedEntry {
  /** From 1. */
  readonly line: number;
  /**
   * Type of the key itself, such as `ssh-rsa` also if the line has `rsa-sha2-512`. DSA keys and certificates are listed
   * too.
   */
  readonly type: string;
  /** `SHA256:` and base64 without padding, of the canonical form: the same for every encoding. For a certificate: of the whole certificate, not of its key. */
  readonly fingerprintSha256: string;
  /** `type base64`, canonical, as `probe` takes it. Undefined for keys that `keys/` does not support. */
  readonly publicKeyOpenssh?: string | undefined;
  /** As written, split at commas outside quotes. They are not trusted and may have control characters. */
  readonly options: readonly string[];
  /** As UTF-8, or as latin-1 if it is not UTF-8. Control characters become blanks; empty if there is none. */
  readonly comment: string;
  /** Not the key itself logs in, but certificates that it signed. */
  readonly isCertAuthority: boolean;
  /** A login with the key gets one command and no shell. */
  readonly forcesCommand: boolean;
  /** Why sshd ignores this line for every client, as the end of a sentence. Absent if it does not. */
  readonly inert?: string;
}

/** Entries by their file: one change asks for those of the same bytes several times. */
const readFiles = new WeakMap<Buffer, readonly AuthorizedEntry[]>();

/** Every line of a file that names a key, in its order. The bytes must not be changed later. */
export function entriesOf(file: Buffer): readonly AuthorizedEntry[] {
  const known = readFiles.get(file);
  if (known) return known;
  const entries = linesOf(file).flatMap((text, index) => {
    const found = readLine(text);
    return found ? [entry(index + 1, found)] : [];
  });
  readFiles.set(file, entries);
  return entries;
}

/** The entry for a line. */
export function entry(line: number, found: KeyOnLine): AuthorizedEntry {
  const { key } = found;
  const options = splitOptions(textOf(found.options));
  const inert = whyInert(found, options);
  return {
    line,
    type: key.type,
    fingerprintSha256: `SHA256:${createHash("sha256").update(key.blob).digest("base64").replace(/=+$/, "")}`,
    // Computed on demand: OpenSSL takes a third of a millisecond, and a file may have ten thousand lines.
    get publicKeyOpenssh() {
      return supported(`${key.type} ${key.blob.toString("base64")}`);
    },
    options,
    comment: cleanComment(textOf(found.comment)),
    isCertAuthority: roleOf(options) === "authority",
    forcesCommand: options.some((option) => nameOf(option) === "command"),
    ...(inert !== undefined && { inert }),
  };
}

function supported(openssh: string): string | undefined {
  if (![...keyKinds, ...securityKeyKinds].some(({ sshType }) => openssh.startsWith(`${sshType} `))) return undefined;
  try {
    return parseLoginKey(openssh).openssh;
  } catch (error) {
    if (error instanceof InvalidPublicKeyError) return undefined;
    throw error;
  }
}

function whyInert({ hidden, key }: KeyOnLine, options: readonly string[]): string | undefined {
  if (hidden) return "a byte order mark is before it";
  if (key.type.includes("-cert-v01@")) return "it is a certificate, which opens nothing in this file";
  if (key.type === "ssh-dss") return "it is a DSA key, which OpenSSH has refused since 7.0";
  return whySshdRefuses(options);
}

/** The text that people wrote, from bytes kept as latin-1. */
function textOf(latin1: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(latin1, "latin1"));
  } catch {
    return latin1;
  }
}
