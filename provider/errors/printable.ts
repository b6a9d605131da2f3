/**
 * Makes texts safe to show that others wrote: servers, hosts, people who name things in the account. A terminal obeys
 * control characters. Direction marks reorder what stands around them. A line end starts what may look like a message
 * of ours.
 */

/** Control, direction and other invisible characters, and separators of lines, except line feed and tab. */
const INVISIBLE = /[^\P{Cc}\n\t]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** What `printable` shows as a blank; in an expression with the flag `u`, between brackets. */
export const BLANKS = "\\s\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}";
const runsOfBlanks = new RegExp(`[${BLANKS}]+`, "gu");
/** Half a surrogate pair. */
const HALF = /\p{Cs}/gu;

/** Default for `printable`, in characters. */
const MAX_LENGTH = 300;

/** A text of others as a part of a message: one line, without invisible characters, cut after `maxLength` characters. */
export function printable(text: string, maxLength = MAX_LENGTH): string {
  // What is far behind the end needs no work. A run of blanks becomes one.
  const line = text
    .slice(0, 10 * maxLength)
    .replace(HALF, "\u{fffd}")
    .replace(runsOfBlanks, " ")
    .trim();
  return line.length > maxLength ? `${line.slice(0, maxLength).replace(/\p{Cs}$/u, "")}...` : line;
}

/** A whole message, whatever it repeats: `�` for each invisible character. Line feeds stay, for tables. */
export function withoutInvisible(message: string): string {
  return message.replace(/\r\n/g, "\n").replace(INVISIBLE, "\u{fffd}");
}
