import { InvalidKeyOptionsError } from "../../errors";
import { cleanComment } from "../../keys/comment";
import type { PublicKey } from "../../keys/public_key";
import { type AuthorizedEntry, entry } from "./entry";
import { type KeyOnLine, linesOf, readLine } from "./line";
import { checkLineOptions, nameOf, sameOptions } from "./options";

/** What taking keys out of a file comes to. */
export interface Removal {
  /** The file without them: every other byte as it was. */
  readonly file: Buffer;
  /** What went. Empty: nothing to do, and `file` is what was given. */
  readonly removed: readonly AuthorizedEntry[];
  /** How many of the lines that stay have the base64 of such a key in their text: in a comment, in a command. */
  readonly mentions: number;
}

/** A line to have in a file. */
export interface KeyLine {
  readonly key: PublicKey;
  /** Each as in sshd(8), such as `from="192.0.2.0/24"`. Default none. */
  readonly options?: readonly string[];
  /** Default: that of the key. Control characters become blanks. */
  readonly comment?: string;
}

/**
 * What putting a line into a file comes to: the file with it, or the line that is in the way.
 *
 * "none": it was there, and `file` is what was given. "replaced": a line of this key was rewritten, or doubles went.
 */
export type Addition =
  | { readonly file: Buffer; readonly change: "none" | "added" | "replaced" }
  | { readonly conflict: AuthorizedEntry };

/**
 * Takes every line of these keys out of a file, whatever its options and comment and however the key is written:
 * lines that sshd passes over and those with `cert-authority` too. Whole lines go, and nothing else changes.
 */
export function withoutKeys(file: Buffer, keys: readonly PublicKey[]): Removal {
  const { going, staying } = partition(file, keys);
  const base64 = new Set(keys.map(({ blob }) => blob.toString("base64")));
  const mentions = staying.filter(({ text }) =>
    (text.match(/[A-Za-z0-9+/]{40,}={0,2}/g) ?? []).some((word) => base64.has(word)),
  );
  return {
    file: going.length === 0 ? file : joined(staying.map(({ text }) => text)),
    removed: going.map(({ number, found }) => entry(number, found)),
    mentions: mentions.length,
  };
}

/**
 * Puts a line into a file, at its end.
 *
 * sshd goes by the first line of a key whose `from=` and `expiry-time=` hold, so that a second one changes nothing. With
 * "report", a first line with other options is reported, also where sshd passes over it; its comment does not matter, and
 * lines with and without `cert-authority` do not get in each other's way. With "replace" the first line of the key is
 * rewritten in place, comment and all, and all further ones go.
 *
 * @throws InvalidKeyOptionsError for options that `checkLineOptions` refuses
 */
export function withKey(file: Buffer, line: KeyLine, whenPresent: "report" | "replace"): Addition {
  const wanted = keyLineText(line);
  const own = partition(file, [line.key]).going;
  if (whenPresent === "replace") return replaced(file, line, own);
  const entries = own.filter(({ found }) => !found.hidden).map(({ number, found }) => entry(number, found));
  const first = entries.find(({ isCertAuthority }) => isCertAuthority === isAuthority(line));
  if (!first) return { file: appended(file, wanted), change: "added" };
  return sameOptions(first.options, line.options ?? []) ? { file, change: "none" } : { conflict: first };
}

/**
 * A line of `authorized_keys`, without a newline, and never with one inside.
 *
 * @throws InvalidKeyOptionsError for options that `checkLineOptions` refuses
 */
export function keyLineText({ key, options = [], comment = key.comment }: KeyLine): string {
  const problem = checkLineOptions(options);
  if (problem !== undefined) throw new InvalidKeyOptionsError(problem);
  return [options.join(), key.sshType, key.blob.toString("base64"), cleanComment(comment)].filter(Boolean).join(" ");
}

interface Line {
  /** From 1. */
  readonly number: number;
  /** Latin-1, with its newline. */
  readonly text: string;
}

interface LineOfKey extends Line {
  readonly found: KeyOnLine;
}

/** The lines of these keys, and all others. */
function partition(file: Buffer, keys: readonly PublicKey[]): { going: LineOfKey[]; staying: Line[] } {
  const blobs = new Set(keys.map(({ blob }) => blob.toString("latin1")));
  const going: LineOfKey[] = [];
  const staying: Line[] = [];
  for (const [index, text] of linesOf(file).entries()) {
    const found = readLine(text);
    if (found && blobs.has(found.key.blob.toString("latin1"))) going.push({ number: index + 1, text, found });
    else staying.push({ number: index + 1, text });
  }
  return { going, staying };
}

function isAuthority({ options = [] }: KeyLine): boolean {
  return options.some((option) => nameOf(option) === "cert-authority");
}

/** Puts the line where the first one of its key stands, and takes out the others. */
function replaced(file: Buffer, line: KeyLine, own: readonly LineOfKey[]): Addition {
  const wanted = keyLineText(line);
  const place = own.find(({ found }) => !found.hidden);
  if (own.length === 1 && place && saysTheSame(place, line)) return { file, change: "none" };
  const others = new Set(own.filter((candidate) => candidate !== place).map(({ number }) => number));
  const lines = linesOf(file).map((text, index) => (index + 1 === place?.number ? latin1(wanted) + endOf(text) : text));
  const cleaned = joined(lines.filter((_text, index) => !others.has(index + 1)));
  return { file: place ? cleaned : appended(cleaned, wanted), change: own.length === 0 ? "added" : "replaced" };
}

function saysTheSame({ number, found }: LineOfKey, { key, options = [], comment = key.comment }: KeyLine): boolean {
  const present = entry(number, found);
  return sameOptions(present.options, options) && present.comment === cleanComment(comment);
}

/** The file with one more line, which ends as the one before it does. */
function appended(file: Buffer, wanted: string): Buffer {
  const lines = linesOf(file);
  const end = endOf(lines.findLast((text) => text.endsWith("\n")) ?? "\n");
  const glue = lines.length === 0 || file.at(-1) === 0x0a ? "" : end;
  return Buffer.concat([file, Buffer.from(glue + wanted + end)]);
}

function endOf(line: string): string {
  return /\r?\n$/.exec(line)?.[0] ?? "";
}

function joined(lines: readonly string[]): Buffer {
  return Buffer.from(lines.join(""), "latin1");
}

/** Text as its UTF-8 bytes, one character per byte. */
function latin1(text: string): string {
  return Buffer.from(text).toString("latin1");
}
