import { defaultAuthorizedKeysFiles, type SshdSettings, settingKeywords, settingsOf } from "./sshd_config";

/** What the text of a configuration says, where the sshd itself cannot be asked. */
export interface SshdConfigText {
  /** Of logins that no `Match` block is about. */
  readonly settings: SshdSettings;
  /**
   * What may make these settings other ones for some or all logins, in words: an `Include` that was not read, a line in
   * a `Match` block. Empty: they hold for everybody.
   */
  readonly doubts: readonly string[];
}

/** Gives the texts of the files that a pattern of `Include` names, in their order; undefined where they cannot be read. */
export type Included = (pattern: string) => readonly string[] | undefined;

/**
 * Reads the text of an `sshd_config` (sshd_config(5)): the first value counts, and `Match` blocks are not entered.
 * `included` is asked for what is included; relative patterns are below `/etc/ssh`.
 */
export function readSshdConfig(text: string, included: Included = () => undefined): SshdConfigText {
  const reading = new Reading(included);
  reading.file(text, undefined, 0);
  const { said, doubts } = reading;
  const words = (keyword: string) =>
    said.get(keyword) ?? (keyword === "authorizedkeysfile" ? defaultAuthorizedKeysFiles : undefined);
  return { settings: settingsOf(words), doubts };
}

/** As deep as sshd follows. */
const MAX_DEPTH = 16;

class Reading {
  readonly said = new Map<string, readonly string[]>();
  readonly doubts: string[] = [];

  readonly #included: Included;

  constructor(included: Included) {
    this.#included = included;
  }

  /** Reads a file; `within` is the `Match` line around it. One that begins in a file ends with it. */
  file(text: string, within: string | undefined, depth: number): void {
    let match = within;
    for (const line of text.split("\n")) {
      const [keyword = "", ...words] = wordsOf(line);
      if (keyword === "match") match = line.trim();
      else if (keyword === "include") for (const pattern of words) this.#include(pattern, match, depth);
      else if (settingKeywords.includes(keyword)) this.#setting(keyword, words, match);
    }
  }

  #include(pattern: string, match: string | undefined, depth: number): void {
    const texts = depth < MAX_DEPTH ? this.#included(pattern) : undefined;
    if (texts === undefined) this.doubts.push(`Include ${pattern} was not read`);
    else for (const text of texts) this.file(text, match, depth + 1);
  }

  #setting(keyword: string, words: readonly string[], match: string | undefined): void {
    if (match !== undefined) this.doubts.push(`${match}: ${[keyword, ...words].join(" ")}`);
    else if (!this.said.has(keyword)) this.said.set(keyword, words);
  }
}

/** The words of a line, the first in lower case; quotes and backslashes taken off, and none from a `#` on. */
function wordsOf(line: string): string[] {
  const [, keyword = "", rest = ""] = /^\s*"?([A-Za-z0-9]+)"?(?:\s*=\s*|\s+)(.*)$/s.exec(line) ?? [];
  const words = [...rest.matchAll(/[ \t]*(#.*$|(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\.|[^\s"'\\])+)/gs)];
  const comment = words.findIndex(([, word = ""]) => word.startsWith("#"));
  return [
    keyword.toLowerCase(),
    ...words.slice(0, comment === -1 ? undefined : comment).map(([, word = ""]) => plain(word)),
  ];
}

/** A word without its quotes, and without the backslashes that escape a quote, a backslash or a blank. */
function plain(word: string): string {
  return word.replace(/\\(["'\\ ])|["']/g, (_all, escaped?: string) => escaped ?? "");
}
