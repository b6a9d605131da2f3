import { InvalidKeyOptionsError } from "../../errors";
import { cleanComment } from "../../keys/comment";
import type { PublicKey } from "../../keys/public_key";
import { type AuthorizedEntry, entry } from "./entry";
import { type KeyOnLine, linesOf, readLine } from "./line";
import { checkLineOptions, type LineRole, lineRoles, roleOf, sameOptions } from "./options";

/** The result of removing keys from a file. */
export interface Removal {
  /** The file without the keys. Every other byte is as it was. */
  readonly file: Buffer;
  /** The removed entries. If empty, `file` is the given one. */
  readonly removed: readonly AuthorizedEntry[];
  /** How many of the other lines contain the base64 of such a key, for example in a comment or a command. */
  readonly mentions: number;
}

/** A line that a file is to have. */
export interface KeyLine {
  readonly key: PublicKey;
  /** Each as in sshd(8), such as `from="192.0.2.0/24"`. Default none. */
  readonly options?: readonly string[];
  /** Default: the comment of the key. Control characters become blanks. */
  readonly comment?: string;
  /** Options of the line that it replaces. Default: it replaces lines that let in the same, the key or its certificates. */
  readonly formerOptions?: readonly string[];
}

/** What the lines let in that a line replaces. */
export function rolesReplacedBy({ options = [], formerOptions = options }: KeyLine): readonly LineRole[] {
  return [roleOf(options), roleOf(formerOptions)];
}

/**
 * The result of adding a line to a file: the new file, or the line that is in conflict.
 *
 * "none": the line was there, and `file` is the given one. "replaced": a line of this key was rewritten, or duplicates
 * were removed.
 */
export type Addition =
  | { readonly file: Buffer; readonly change: "none" | "added" | "replaced" }
  | { readonly conflict: AuthorizedEntry };

/**
 * Removes every line of these keys from a file, with any options, any comment and any encoding of the key, also lines
 * that sshd ignores. It removes whole lines, and changes nothing else.
 *
 * @param roles only lines that let in these: the keys themselves, or certificates that they signed. Default: both
 */
export function withoutKeys(file: Buffer, keys: readonly PublicKey[], roles = lineRoles): Removal {
  const lines = readLines(file, keys);
  const matching = lines.filter(letsIn(roles));
  const removed = new Set<Line>(matching);
  const base64 = new Set(keys.map(({ blob }) => blob.toString("base64")));
  const isMention = ({ text }: Line) =>
    (text.match(/[A-Za-z0-9+/]{40,}={0,2}/g) ?? []).some((word) => base64.has(word));
  const mentions = lines.filter((line) => line.found === undefined && isMention(line));
  return {
    file: matching.length === 0 ? file : joined(lines.filter((line) => !removed.has(line)).map(({ text }) => text)),
    removed: matching.map(({ number, found }) => entry(number, found)),
    mentions: mentions.length,
  };
}

/**
 * Adds a line at the end of a file.
 *
 * sshd uses the first line of a key whose `from=` and `expiry-time=` match, so a second line has no effect. With
 * "report", a first line with other options is a conflict, also if sshd ignores that line. Its comment does not matter.
 * With "replace", the first line of the key is rewritten in place with its comment, and all further lines of the key are
 * removed. Lines with and without `cert-authority` are lines of two keys.
 *
 * @throws InvalidKeyOptionsError for options that `checkLineOptions` refuses
 */
export function withKey(file: Buffer, line: KeyLine, whenPresent: "report" | "replace"): Addition {
  const wanted = keyLineText(line);
  const own = readLines(file, [line.key]).filter(letsIn(rolesReplacedBy(line)));
  if (whenPresent === "replace") return withReplacement(file, line, own);
  const visible = own.find(({ found }) => !found.hidden);
  if (!visible) return { file: appended(file, wanted), change: "added" };
  const first = entry(visible.number, visible.found);
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
  /** What it says of a key, if that is one of those that are looked for. */
  readonly found?: KeyOnLine;
}

type LineOfKey = Required<Line>;

/** All lines of a file. */
function readLines(file: Buffer, keys: readonly PublicKey[]): Line[] {
  const blobs = new Set(keys.map(({ blob }) => blob.toString("latin1")));
  return linesOf(file).map((text, index) => {
    const found = readLine(text);
    const isOfKey = found !== undefined && blobs.has(found.key.blob.toString("latin1"));
    return { number: index + 1, text, ...(isOfKey && { found }) };
  });
}

/** Whether a line lets in one of these, of the keys that are looked for. */
function letsIn(roles: readonly LineRole[]): (line: Line) => line is LineOfKey {
  return (line): line is LineOfKey =>
    line.found !== undefined && roles.includes(roleOf(entry(line.number, line.found).options));
}

/** The file with the line in place of the first line of its key, and without the other lines of the key. */
function withReplacement(file: Buffer, line: KeyLine, own: readonly LineOfKey[]): Addition {
  const wanted = keyLineText(line);
  const first = own.find(({ found }) => !found.hidden);
  if (own.length === 1 && first && isSameLine(first, line)) return { file, change: "none" };
  const others = new Set(own.filter((candidate) => candidate !== first).map(({ number }) => number));
  const lines = linesOf(file).map((text, index) => (index + 1 === first?.number ? latin1(wanted) + endOf(text) : text));
  const cleaned = joined(lines.filter((_text, index) => !others.has(index + 1)));
  return { file: first ? cleaned : appended(cleaned, wanted), change: own.length === 0 ? "added" : "replaced" };
}

function isSameLine({ number, found }: LineOfKey, { key, options = [], comment = key.comment }: KeyLine): boolean {
  const present = entry(number, found);
  return sameOptions(present.options, options) && present.comment === cleanComment(comment);
}

/** The file with one more line, which ends like the line before it. */
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
