import { createHash } from "node:crypto";
import { InvalidPublicKeyError } from "../../errors";
import { keyKinds } from "../../keys/algorithm";
import { cleanComment } from "../../keys/comment";
import { parsePublicKey } from "../../keys/public_key";
import { type KeyOnLine, linesOf, readLine } from "./line";
import { nameOf, whySshdRefuses } from "./options";
import { splitOptions } from "./quotes";

/** A line of an `authorized_keys` file (sshd(8), AUTHORIZED_KEYS FILE FORMAT) that names a key. */
export interface AuthorizedEntry {
  /** From 1. */
  readonly line: number;
  /**
   * Type word of the key itself, such as `ssh-rsa` also where the line says `rsa-sha2-512`. Security keys (`sk-`), DSA
   * keys and certificates are listed too.
   */
  readonly type: string;
  /** `SHA256:` and base64 without padding: of the key in its canonical form, and so the same however it is written. Of a certificate: of all of it, not of the key in it. */
  readonly fingerprintSha256: string;
  /** `type base64`, canonical, as `probe` takes it. Undefined for keys that `keys/` does not support. */
  readonly publicKeyOpenssh?: string | undefined;
  /** As written, split at commas outside quotes. Somebody else wrote them: they may have control characters. */
  readonly options: readonly string[];
  /** As UTF-8, or latin-1 where it is not UTF-8. Control characters are blanks; empty when there is none. */
  readonly comment: string;
  /** The key does not log in itself: certificates that it signed do. */
  readonly isCertAuthority: boolean;
  /** Who logs in with it gets one command and no shell. */
  readonly forcesCommand: boolean;
  /** Why sshd passes over this line whoever asks, as the end of a sentence. Absent where it does not. */
  readonly inert?: string;
}

/** Every line of a file that names a key, in its order. */
export function entriesOf(file: Buffer): AuthorizedEntry[] {
  return linesOf(file).flatMap((text, index) => {
    const found = readLine(text);
    return found ? [entry(index + 1, found)] : [];
  });
}

/** Describes what stands on a line. */
export function entry(line: number, found: KeyOnLine): AuthorizedEntry {
  const { key } = found;
  const options = splitOptions(textOf(found.options));
  const inert = whyInert(found, options);
  return {
    line,
    type: key.type,
    fingerprintSha256: `SHA256:${createHash("sha256").update(key.blob).digest("base64").replace(/=+$/, "")}`,
    // Only when asked for: OpenSSL takes a third of a millisecond, and a file may have ten thousand lines.
    get publicKeyOpenssh() {
      return supported(`${key.type} ${key.blob.toString("base64")}`);
    },
    options,
    comment: cleanComment(textOf(found.comment)),
    isCertAuthority: options.some((option) => nameOf(option) === "cert-authority"),
    forcesCommand: options.some((option) => nameOf(option) === "command"),
    ...(inert !== undefined && { inert }),
  };
}

function supported(openssh: string): string | undefined {
  if (!keyKinds.some(({ sshType }) => openssh.startsWith(`${sshType} `))) return undefined;
  try {
    return parsePublicKey(openssh).openssh;
  } catch (error) {
    if (error instanceof InvalidPublicKeyError) return undefined;
    throw error;
  }
}

function whyInert({ hidden, key }: KeyOnLine, options: readonly string[]): string | undefined {
  if (hidden) return "a byte order mark stands before it";
  if (key.type.includes("-cert-v01@")) return "it is a certificate, which opens nothing in this file";
  if (key.type === "ssh-dss") return "it is a DSA key, which OpenSSH has refused since 7.0";
  return whySshdRefuses(options);
}

/** Bytes kept as latin-1, read as people wrote them. */
function textOf(latin1: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(latin1, "latin1"));
  } catch {
    return latin1;
  }
}
