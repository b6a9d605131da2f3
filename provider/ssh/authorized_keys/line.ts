import { type DecodedKey, decodeKey } from "./key_blob";
import { optionsEnd } from "./quotes";

/** One line of `authorized_keys` as sshd reads it. Texts are latin-1: one character per byte. */
export interface KeyOnLine {
  readonly key: DecodedKey;
  /** Everything before the key type, without the blanks around it; empty if the line begins with the key type. */
  readonly options: string;
  /** Everything after the key, with the line end. */
  readonly comment: string;
  /** A byte order mark is before it, so sshd does not see the key. An editor may remove the mark without asking. */
  readonly hidden: boolean;
}

const BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

/** `ssh-dss` and 32 characters of base64, the length of a key with empty numbers. Shorter lines cost no decoding. */
const MIN_LENGTH = 40;

/** The lines of a file in latin-1, each with its newline. Only a newline ends a line. */
export function linesOf(file: Buffer): string[] {
  return file.toString("latin1").match(/[^\n]*\n|[^\n]+/g) ?? [];
}

/**
 * Reads a line as sshd does (auth2-pubkeyfile.c): blanks, then a key, or else options and a key.
 *
 * @returns undefined for a line without a key: empty, a comment, or not valid
 */
export function readLine(line: string): KeyOnLine | undefined {
  if (line.length < MIN_LENGTH) return undefined;
  const hidden = line.startsWith(BYTE_ORDER_MARK);
  // sshd reads a line as a C string, which ends at the first NUL.
  const [text = ""] = line.slice(hidden ? BYTE_ORDER_MARK.length : 0).split("\0", 1);
  const start = skipBlanks(text, 0);
  if (text[start] === "#") return undefined;
  const direct = readKey(text, start);
  if (direct) return { ...direct, options: "", hidden };
  const end = optionsEnd(text, start);
  const afterOptions = readKey(text, skipBlanks(text, end));
  return afterOptions && { ...afterOptions, options: text.slice(start, end), hidden };
}

function readKey(text: string, start: number): Pick<KeyOnLine, "key" | "comment"> | undefined {
  const wordEnd = skipWord(text, start);
  const base64 = skipBlanks(text, wordEnd);
  const base64End = skipWord(text, base64);
  const key = decodeKey(text.slice(start, wordEnd), text.slice(base64, base64End));
  return key && { key, comment: text.slice(skipBlanks(text, base64End)) };
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === " " || text[at] === "\t") at++;
  return at;
}

function skipWord(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== " " && text[at] !== "\t") at++;
  return at;
}
