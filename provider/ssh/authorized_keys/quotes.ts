/**
 * The end of the options that begin at `start`: the first blank outside quotes, or the end of the text. A quote after a
 * backslash does not count, inside quotes and outside.
 */
export function optionsEnd(text: string, start: number): number {
  for (const at of unquoted(text, start)) if (text[at] === " " || text[at] === "\t") return at;
  return text.length;
}

/** The options in a text, split at commas outside quotes. Empty ones, which sshd ignores, are left out. */
export function splitOptions(text: string): string[] {
  const commas = [...unquoted(text, 0)].filter((at) => text[at] === ",");
  const starts = [0, ...commas.map((at) => at + 1)];
  return starts.map((start, index) => text.slice(start, commas[index])).filter(Boolean);
}

/** The positions of all characters outside quotes that are neither quotes nor escape one. */
function* unquoted(text: string, start: number): Generator<number> {
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    if (text[at] === "\\" && text[at + 1] === '"') at++;
    else if (text[at] === '"') quoted = !quoted;
    else if (!quoted) yield at;
  }
}
