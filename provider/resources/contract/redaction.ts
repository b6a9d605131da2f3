import { BLANKS } from "../../errors/printable";

/** Replaces a hidden value in a message. */
const MASK = "[secret]";

/** Stands for the mask until all values are found, so that no value is found in the mask: a private-use character. */
const PLACEHOLDER = "\u{F0000}";
const PLACEHOLDERS = /\u{F0000}(?:\s*\u{F0000})*/gu;

/** Shorter values are hidden only in quotes: hiding a secret `1` or `ssh` everywhere would make messages unreadable. */
const MIN_UNQUOTED_LENGTH = 4;

/** The beginning of a longer value is hidden as well, because messages cut long values. */
const HEAD_LENGTH = 40;

/** A longer value is searched in pieces: no message is as long as user data may be. */
const MAX_PIECE_LENGTH = 200;

/** Blanks, and what messages show as one, or as the character for what cannot be shown. */
const BLANK = `[${BLANKS}\\p{Cs}\ufffd]`;
const blanksAtEnds = new RegExp(`^${BLANK}+|${BLANK}+$`, "gu");
const special = new RegExp(`${BLANK}+|"|\\\\+|[$()*+.?[\\]^{|}/]`, "gu");
const beginsBlank = new RegExp(`^${BLANK}`, "u");
const blankOrEscaped = new RegExp(`\\\\(?:[bfnrt]|u[0-9a-f]{4})|${BLANK}`, "giu");

/** Number of patterns in one expression: with more, it might become too large. */
const MAX_PATTERNS = 50;

/** Makes a message fit to be shown. */
export type Redaction = (message: string) => string;

/**
 * Hides values in any message, as whole words only: `alice` stays in `malice`. A value is found as it is, with its
 * quotes and line breaks escaped or replaced by spaces, in any letter case, and cut by three dots.
 */
export function redactionOf(values: readonly string[]): Redaction {
  return redactionBy(values, (form) =>
    form.length < MIN_UNQUOTED_LENGTH ? `(?<=")${quotedPattern(form)}(?=\\\\*")` : wholeWordPattern(form),
  );
}

/**
 * Hides values in a message about the input that has them. There the meaning is clear, so short values are hidden as
 * well, and so is any part in quotes.
 */
export function redactionOfInput(values: readonly string[]): Redaction {
  const whole = redactionBy(values, wholeWordPattern);
  const isPart = (text: string) => text !== "" && values.some((value) => fold(value).includes(fold(text)));
  return (message) =>
    whole(message).replace(/"((?:[^"\\]|\\.)*)"/gs, (quoted, inner: string) =>
      isPart(inner.replace(/\\(.)/gs, "$1").replace(/\.\.\.$/, "")) ? `"${MASK}"` : quoted,
    );
}

/** All strings in a value, at any depth, and its numbers as strings. */
export function textsIn(value: unknown): string[] {
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** A form in which a message may have a value. */
interface Form {
  /** Compared with the folded message first: a fast way to see that the value is not there. */
  readonly folded: string;
  readonly pattern: string;
}

function redactionBy(values: readonly string[], patternOf: (text: string) => string): Redaction {
  // Longer texts first: of two that begin at one place, the longer one is hidden.
  const texts = [...new Set(values.flatMap(textsOf))].sort((a, b) => b.length - a.length);
  const forms: Form[] = texts.flatMap((text) =>
    piecesOf(text).map((piece) => ({
      folded: fold(Array.from(piece).slice(0, HEAD_LENGTH).join("")),
      pattern: piece === text ? patternOf(piece) : textPattern(piece),
    })),
  );
  const long = texts.filter((text) => text.length > MAX_PIECE_LENGTH);
  return (original) => {
    const message = long.reduce((rest, text) => rest.replaceAll(text, PLACEHOLDER), original);
    const folded = fold(message);
    const patterns = forms.filter((form) => folded.includes(form.folded)).map(({ pattern }) => pattern);
    return inChunks([...new Set(patterns)], MAX_PATTERNS)
      .reduce((text, some) => text.replace(new RegExp(some.join("|"), "giu"), PLACEHOLDER), message)
      .replace(PLACEHOLDERS, MASK);
  };
}

function inChunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
}

/** A value; for a URL also its host, which network errors name alone. */
function textsOf(value: string): string[] {
  const host = URL.parse(value)?.host ?? "";
  // A value of quotes and control characters alone would be found in every message.
  return [trimmed(value), host].filter((text) => fold(text) !== "");
}

const trimmed = (text: string) => text.replace(blanksAtEnds, "");

/** A text in pieces of about the same length, each short enough for an expression. */
function piecesOf(text: string): string[] {
  const characters = Array.from(text);
  const length = Math.ceil(characters.length / Math.ceil(characters.length / MAX_PIECE_LENGTH));
  return inChunks(characters, length)
    .map((part) => trimmed(part.join("")))
    .filter((piece) => piece !== "");
}

function wholeWordPattern(text: string): string {
  const [first, last] = [text.at(0), text.at(-1)];
  return `${isWordCharacter(first) ? "(?<![\\p{L}\\p{N}])" : ""}(?:${textPattern(text)})${isWordCharacter(last) ? "(?![\\p{L}\\p{N}])" : ""}`;
}

function isWordCharacter(character: string | undefined): boolean {
  return /[\p{L}\p{N}]/u.test(character ?? "");
}

/** A pattern for a text, or for its beginning if the message cuts it. */
function textPattern(text: string): string {
  const head = Array.from(text).slice(0, HEAD_LENGTH).join("");
  return head === text ? quotedPattern(text) : `${quotedPattern(text)}|${quotedPattern(head)}(?:[^"]*?\\.\\.\\.)?`;
}

/** A pattern for a text as messages quote it. */
function quotedPattern(text: string): string {
  // A run of backslashes is one pattern: one pattern for each would backtrack through all combinations.
  return text.replace(special, (found) => {
    if (found === '"') return '\\\\*"';
    if (found.startsWith("\\")) return "\\\\+";
    return beginsBlank.test(found) ? `(?:${BLANK}|\\\\[bfnrt]|\\\\u[0-9a-f]{4})+` : `\\${found}`;
  });
}

/**
 * In lower case, without quotes, escapes and line breaks as spaces: the same result for a text and for its quotation.
 */
function fold(text: string): string {
  const blanks = text.replace(blankOrEscaped, " ");
  return blanks.replace(/["\\]/g, "").replace(/ +/g, " ").trim().toLowerCase();
}
