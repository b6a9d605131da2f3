import { defaultAuthorizedKeysFiles, type SshdSettings, settingKeywords, settingsOf } from "./sshd_config";

/** The settings in the text of a configuration, for an sshd that cannot be asked itself. */
export interface SshdConfigText {
  /** Settings of logins to which no `Match` block applies. */
  readonly settings: SshdSettings;
  /**
   * Why some or all logins may have other settings, in words: an `Include` that was not read, a line in a `Match`
   * block. Empty: the settings apply to everybody.
   */
  readonly doubts: readonly string[];
}

/** Returns the texts of the files that a pattern of `Include` names, in order; undefined if they cannot be read. */
export type Included = (pattern: string) => readonly string[] | undefined;

/**
 * Reads the text of an `sshd_config` (sshd_config(5)): the first value counts, and `Match` blocks are not applied.
 * `included` returns included files; relative patterns are below `/etc/ssh`.
 */
export function readSshdConfig(text: string, included: Included = () => undefined): SshdConfigText {
  const reading = new Reading(included);
  reading.readFile(text, undefined, 0);
  const { values, doubts } = reading;
  const words = (keyword: string) =>
    values.get(keyword) ?? (keyword === "authorizedkeysfile" ? defaultAuthorizedKeysFiles : undefined);
  return { settings: settingsOf(words), doubts };
}

/** The limit of sshd for nested files. */
const MAX_DEPTH = 16;

class Reading {
  readonly values = new Map<string, readonly string[]>();
  readonly doubts: string[] = [];
  readonly #included: Included;

  constructor(included: Included) {
    this.#included = included;
  }

  /** Reads a file; `within` is the `Match` line around it. A `Match` block ends with its file. */
  readFile(text: string, within: string | undefined, depth: number): void {
    let match = within;
    for (const line of text.split("\n")) {
      const [keyword = "", ...words] = wordsOf(line);
      if (keyword === "match") match = line.trim();
      else if (keyword === "include") for (const pattern of words) this.#readIncluded(pattern, match, depth);
      else if (settingKeywords.includes(keyword)) this.#recordSetting(keyword, words, match);
    }
  }

  #readIncluded(pattern: string, match: string | undefined, depth: number): void {
    const texts = depth < MAX_DEPTH ? this.#included(pattern) : undefined;
    if (texts === undefined) this.doubts.push(`Include ${pattern} was not read`);
    else for (const text of texts) this.readFile(text, match, depth + 1);
  }

  #recordSetting(keyword: string, words: readonly string[], match: string | undefined): void {
    if (match !== undefined) this.doubts.push(`${match}: ${[keyword, ...words].join(" ")}`);
    else if (!this.values.has(keyword)) this.values.set(keyword, words);
  }
}

/** The words of a line without quotes and backslashes, up to a `#`. The first is in lower case. */
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
