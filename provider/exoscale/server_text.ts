import { printable } from "../errors/printable";

/** Longest text of a server that an error repeats, in characters. */
const LONGEST_TEXT = 500;

/** A server's own words, safe for a message: one line, cut if it is long. */
export function serverText(words: string): string {
  return printable(words, LONGEST_TEXT);
}
