import { type MatchedAccount, matchApplies } from "./match_block";
import { defaultAuthorizedKeysFiles, type SshdSettings, settingKeywords, settingsOf } from "./sshd_config";

/** What the text of a configuration says about the logins to an account. */
export interface SshdConfigText {
  /** The settings, for an sshd that cannot be asked itself. */
  readonly settings: SshdSettings;
  /** What was not read, in words: it may change these settings. */
  readonly unread: readonly string[];
  /** What else may accept a key, for some clients only, in words. */
  readonly otherSources: readonly string[];
}

/** The host puts these lines around an included file, whose `Match` blocks end with it. */
const INCLUDED = "# Included file";
const END_OF_INCLUDED = "# End of the included file";

/** The host puts this before the name of an included file that could not be read. */
const NOT_READ = "# Not read: ";

/**
 * Reads the text of an `sshd_config` (sshd_config(5)): the first value counts, and one in a `Match` block that applies
 * counts before all others. Of a block that may apply, the files are possible ones. A block in a file that another block
 * includes applies where both do. Included files have to be in their places already.
 */
export function readSshdConfig(text: string, account: MatchedAccount): SshdConfigText {
  const { entries, unread } = readEntries(text);
  const judged = entries.map((entry) => ({ ...entry, applies: entry.match && matchApplies(entry.match, account) }));
  const first = (keyword: string, isMeant: (entry: (typeof judged)[number]) => boolean) =>
    judged.find((entry) => entry.keyword === keyword && isMeant(entry))?.words;
  const words = (keyword: string) =>
    first(keyword, ({ applies }) => applies === true) ??
    first(keyword, ({ match }) => match === undefined) ??
    (keyword === FILES ? defaultAuthorizedKeysFiles : undefined);
  const open = judged.filter(({ match, applies }) => match !== undefined && applies === undefined);
  const lists = open.filter(({ keyword }) => keyword === FILES).map((entry) => settingsOf(() => entry.words));
  const settings = settingsOf(words);
  // Clients of none of these blocks have the files of everybody else.
  const possible =
    lists.length > 0 ? [...lists, settings].flatMap(({ authorizedKeysFiles }) => authorizedKeysFiles) : [];
  return {
    settings: { ...settings, possibleFiles: possible },
    unread,
    otherSources: open.filter(isOtherSource).map(describe),
  };
}

/** Every list of files that a text gives to `AuthorizedKeysFile`, in whatever `Match` block. */
export function authorizedKeysFileLists(text: string): readonly (readonly string[])[] {
  const { entries } = readEntries(text);
  return entries.filter(({ keyword }) => keyword === FILES).map(({ words }) => words);
}

const FILES = "authorizedkeysfile";

interface ConfigEntry {
  /** In lower case. */
  readonly keyword: string;
  readonly words: readonly string[];
  /** The words of the `Match` lines around it. */
  readonly match?: readonly string[];
}

function isOtherSource({ keyword, words }: ConfigEntry): boolean {
  return /^(authorizedkeyscommand|trustedusercakeys)$/.test(keyword) && words[0]?.toLowerCase() !== "none";
}

function describe({ match = [], keyword, words }: ConfigEntry): string {
  return `clients of "Match ${match.join(" ")}" have ${[keyword, ...words].join(" ")}`;
}

function readEntries(text: string): { entries: ConfigEntry[]; unread: string[] } {
  const entries: ConfigEntry[] = [];
  const unread: string[] = [];
  /** The blocks that include the file, the outermost first. */
  const around: (readonly string[] | undefined)[] = [];
  let match: readonly string[] | undefined;
  for (const line of text.split("\n")) {
    const [keyword = "", ...words] = wordsOf(line);
    if (keyword === "match") match = [...(around.at(-1) ?? []), ...words];
    else if (line === INCLUDED) around.push(match);
    else if (line === END_OF_INCLUDED) match = around.pop();
    // sshd passes over AuthorizedKeysFile with a comment alone, and refuses any other setting without a value.
    else if (settingKeywords.includes(keyword) && words.length > 0)
      entries.push({ keyword, words, ...(match && { match }) });
    else unread.push(...unreadAt(line, keyword, words));
  }
  return { entries, unread };
}

function unreadAt(line: string, keyword: string, words: readonly string[]): string[] {
  if (line.startsWith(NOT_READ)) return [`${line.slice(NOT_READ.length)} cannot be read`];
  return keyword === "include" ? [`Include ${words.join(" ")} was not read`] : [];
}

/** The words of a line without quotes and backslashes, up to a `#`. The first is in lower case. */
function wordsOf(line: string): string[] {
  // Behind a keyword in quotes, `=` is a word.
  const [, quoted, bare, rest = ""] =
    /^\s*(?:"([A-Za-z0-9]+)"\s*|([A-Za-z0-9]+)(?:\s*=\s*|\s+))(.*)$/s.exec(line) ?? [];
  return [(quoted ?? bare ?? "").toLowerCase(), ...argumentsIn(rest)];
}

function argumentsIn(text: string): string[] {
  const words = [...text.matchAll(/[ \t]*(#.*$|(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\.|[^\s"'\\])+)/gs)];
  const comment = words.findIndex(([, word = ""]) => word.startsWith("#"));
  return words.slice(0, comment === -1 ? undefined : comment).map(([, word = ""]) => plain(word));
}

/** A word without its quotes, and without the backslashes that escape a quote or a backslash, or a blank outside quotes. */
function plain(word: string): string {
  return word.replace(/"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|\\([ "'\\])/gs, (_all, double, single, escaped) =>
    escaped === undefined ? String(double ?? single).replace(/\\(["'\\])/g, "$1") : escaped,
  );
}
