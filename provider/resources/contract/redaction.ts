/** What stands in a message for a value that is not to be shown. */
const mask = "[secret]";

/** The same until all are found, so that none is found in it: a character for private use. */
const placeholder = "\u{F0000}";
const placeholders = /\u{F0000}(?:\s*\u{F0000})*/gu;

/** A shorter one is hidden only where it stands in quotes: a secret `1` or `ssh` would tear every sentence apart. */
const leastAnywhere = 4;

/** Of a longer one its beginning is hidden, too: messages cut what is long. */
const headLength = 40;

/** A longer one is looked for in pieces: no message is as long as user data may be. */
const longestPiece = 200;

/** Patterns of one expression: of more it might become too large. */
const mostPatterns = 50;

/** Makes a message fit to be shown. */
export type Redaction = (message: string) => string;

/**
 * Hides values in any message, as whole words only: `alice` stays in `malice`. A value is found as it is, with its quotes
 * and line breaks escaped or made blanks, in any letter case, and cut by three dots.
 */
export function redactionOf(values: readonly string[]): Redaction {
  return redactionBy(values, (form) =>
    form.length < leastAnywhere ? `(?<=")${quotable(form)}(?=\\\\*")` : anyWord(form),
  );
}

/**
 * Hides values in a message about the very input that has them, where it is plain what is meant: the shortest ones as
 * well, and any part that is quoted.
 */
export function redactionOfInput(values: readonly string[]): Redaction {
  const whole = redactionBy(values, anyWord);
  const isPart = (text: string) => text !== "" && values.some((value) => fold(value).includes(fold(text)));
  return (message) =>
    whole(message).replace(/"((?:[^"\\]|\\.)*)"/gs, (quoted, inner: string) =>
      isPart(inner.replace(/\\(.)/gs, "$1").replace(/\.\.\.$/, "")) ? `"${mask}"` : quoted,
    );
}

/** All texts in a value, at any depth, and its numbers as texts. */
export function textsIn(value: unknown): string[] {
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** A form in which a message may have a value. */
interface Form {
  /** As it is compared with a message, to tell in no time that it is not there. */
  readonly folded: string;
  readonly pattern: string;
}

function redactionBy(values: readonly string[], patternOf: (text: string) => string): Redaction {
  // Of two that begin at one place, the longer.
  const texts = [...new Set(values.flatMap(textsOf))].sort((a, b) => b.length - a.length);
  const forms: Form[] = texts.flatMap((text) =>
    piecesOf(text).map((piece) => ({
      folded: fold(Array.from(piece).slice(0, headLength).join("")),
      pattern: piece === text ? patternOf(piece) : anyOf(piece),
    })),
  );
  const long = texts.filter((text) => text.length > longestPiece);
  return (said) => {
    const message = long.reduce((rest, text) => rest.replaceAll(text, placeholder), said);
    const folded = fold(message);
    const patterns = forms.filter((form) => folded.includes(form.folded)).map(({ pattern }) => pattern);
    return inParts([...new Set(patterns)], mostPatterns)
      .reduce((text, some) => text.replace(new RegExp(some.join("|"), "giu"), placeholder), message)
      .replace(placeholders, mask);
  };
}

function inParts<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
}

/** A value, and of a URL the host, which is all that the network says of it. */
function textsOf(value: string): string[] {
  const host = URL.parse(value)?.host ?? "";
  return [value.trim(), host].filter((text) => text !== "");
}

/** A text in pieces of about the same length, of which an expression can be made however long it is. */
function piecesOf(text: string): string[] {
  const characters = Array.from(text);
  const length = Math.ceil(characters.length / Math.ceil(characters.length / longestPiece));
  return inParts(characters, length)
    .map((part) => part.join("").trim())
    .filter((piece) => piece !== "");
}

function anyWord(text: string): string {
  const [first, last] = [text.at(0), text.at(-1)];
  return `${isOfWord(first) ? "(?<![\\p{L}\\p{N}])" : ""}(?:${anyOf(text)})${isOfWord(last) ? "(?![\\p{L}\\p{N}])" : ""}`;
}

function isOfWord(character: string | undefined): boolean {
  return /[\p{L}\p{N}]/u.test(character ?? "");
}

/** A text, or its beginning up to where it is cut. */
function anyOf(text: string): string {
  const head = Array.from(text).slice(0, headLength).join("");
  return head === text ? quotable(text) : `${quotable(text)}|${quotable(head)}(?:[^"]*?\\.\\.\\.)?`;
}

/** A pattern for a text as messages quote it. */
function quotable(text: string): string {
  // Of several backslashes there is one pattern: one for each would try all the ways to share them out.
  return text.replace(/[\s\p{Cc}]+|"|\\+|[$()*+.?[\]^{|}/]/gu, (found) => {
    if (found === '"') return '\\\\*"';
    if (found.startsWith("\\")) return "\\\\+";
    return /^[\s\p{Cc}]/u.test(found) ? "(?:[\\s\\p{Cc}]|\\\\[bfnrt]|\\\\u[0-9a-f]{4})+" : `\\${found}`;
  });
}

/** In small letters and without quotes, every escape or line break a blank: the same for a text and what quotes it. */
function fold(text: string): string {
  const blanks = text.replace(/\\(?:[bfnrt]|u[0-9a-f]{4})|[\s\p{Cc}]/giu, " ");
  return blanks.replace(/["\\]/g, "").replace(/ +/g, " ").trim().toLowerCase();
}
