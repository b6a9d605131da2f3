// Lines of the demo, which fit a terminal of 80 columns.
import { print } from "../process/say.mjs";

const COLUMNS = 80;

/**
 * Prints a line, in several if it is too long. Those after the first are indented by two more.
 *
 * @param {string} line
 * @param {(text: string) => string} [style] such as bold
 */
export function say(line, style = (text) => text) {
  for (const part of wrap(line)) print(style(part));
}

/** @param {string} line @returns {string[]} the line, broken at blanks */
export function wrap(line) {
  const indent = /^ */.exec(line)?.[0] ?? "";
  /** @type {string[]} */
  const lines = [];
  let current = indent;
  for (const word of line.trim().split(" ")) {
    const next = current.trim() === "" ? current + word : `${current} ${word}`;
    if (next.length <= COLUMNS || current.trim() === "") current = next;
    else {
      lines.push(current);
      current = `${indent}  ${word}`;
    }
  }
  return [...lines, current];
}
