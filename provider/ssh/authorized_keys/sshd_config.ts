/** The settings that decide where an sshd looks for keys. */
export interface SshdSettings {
  /** Patterns as written, with `%h` and the like; empty if sshd reads no file. See `authorizedKeysPaths`. */
  readonly authorizedKeysFiles: readonly string[];
  /** The same for files that sshd may read, for other clients or if a name has blanks. */
  readonly possibleFiles: readonly string[];
  /** What else may accept a key, in words: `AuthorizedKeysCommand /usr/bin/keys`, `TrustedUserCAKeys /etc/ssh/ca.pub`. */
  readonly otherSources: readonly string[];
  /** Whether sshd accepts public keys at all. */
  readonly pubkeyAuthentication: boolean;
  /** File with keys that sshd always refuses. */
  readonly revokedKeys?: string;
  /** How many failed tries sshd allows in a connection. */
  readonly maxAuthTries: number;
  /** Which keys may open root's account. sshd says of every one that it would accept it, and then lets only these in. */
  readonly rootKeys: RootKeys;
}

/** The keys that may log in as root: all, those with a forced command on their line, or none. */
export type RootKeys = "all" | "with-command" | "none";

/** sshd_config(5), PermitRootLogin. Its other values are about passwords. */
const rootKeys = new Map<string, RootKeys>([
  ["no", "none"],
  ["forced-commands-only", "with-command"],
]);

/** The files that sshd reads by default (sshd_config(5), AuthorizedKeysFile). */
export const defaultAuthorizedKeysFiles: readonly string[] = [".ssh/authorized_keys", ".ssh/authorized_keys2"];

/** sshd_config(5), MaxAuthTries. */
export const DEFAULT_MAX_AUTH_TRIES = 6;

/**
 * Parses the output of `sshd -T`. Its keywords are in lower case, and since OpenSSH 10.4 in mixed case.
 *
 * sshd prints file names with blanks without quotes. So `fileLists`, the lists in the text of the configuration, say
 * where a name ends. Without such a list every name that the blanks permit is a possible file.
 *
 * @returns undefined for anything else, such as an error message
 */
export function sshdSettings(text: string, fileLists: readonly (readonly string[])[] = []): SshdSettings | undefined {
  const values = new Map(text.split(/\r?\n/).map(settingOnLine));
  const files = values.get("authorizedkeysfile");
  if (files === undefined || !values.has("pubkeyauthentication")) return undefined;
  const settings = settingsOf((keyword) => values.get(keyword)?.split(/[ \t]+/));
  const [list, ...more] = [...fileLists, defaultAuthorizedKeysFiles].filter((words) => words.join(" ") === files);
  if (!list) return { ...settings, possibleFiles: namesIn(files) };
  return { ...settings, authorizedKeysFiles: withoutNone(list), possibleFiles: more.flat() };
}

/** Every part of a text that begins and ends with different words. */
function namesIn(text: string): string[] {
  const words = [...text.matchAll(/[^ \t]+/g)].map(({ index, 0: word }) => ({
    start: index,
    end: index + word.length,
  }));
  return words.flatMap(({ start }, at) => words.slice(at + 1).map(({ end }) => text.slice(start, end)));
}

/** Settings from the words after each keyword. `words` gets keywords in lower case. */
export function settingsOf(words: (keyword: string) => readonly string[] | undefined): SshdSettings {
  const file = (keyword: string) => words(keyword)?.find((word) => word.toLowerCase() !== "none");
  const revokedKeys = file("revokedkeys");
  return {
    authorizedKeysFiles: withoutNone(words("authorizedkeysfile") ?? []),
    possibleFiles: [],
    otherSources: sources
      .filter((keyword) => file(keyword.toLowerCase()) !== undefined)
      .map((keyword) => [keyword, ...(words(keyword.toLowerCase()) ?? [])].join(" ")),
    pubkeyAuthentication: words("pubkeyauthentication")?.[0]?.toLowerCase() !== "no",
    maxAuthTries: Number(words("maxauthtries")?.[0]) || DEFAULT_MAX_AUTH_TRIES,
    rootKeys: rootKeys.get(words("permitrootlogin")?.[0]?.toLowerCase() ?? "") ?? "all",
    ...(revokedKeys !== undefined && { revokedKeys }),
  };
}

function withoutNone(words: readonly string[]): string[] {
  return words.filter((word) => word.toLowerCase() !== "none");
}

const sources = [
  "AuthorizedKeysCommand",
  "TrustedUserCAKeys",
  "AuthorizedPrincipalsCommand",
  "AuthorizedPrincipalsFile",
];

/** The keywords that `settingsOf` reads. */
export const settingKeywords: readonly string[] = [
  ...["authorizedkeysfile", "pubkeyauthentication", "revokedkeys", "maxauthtries", "permitrootlogin"],
  ...sources.map((keyword) => keyword.toLowerCase()),
];

function settingOnLine(line: string): [string, string] {
  // A name may begin with a blank.
  const [, keyword = "", value = ""] = /^\s*(\S+)[ \t]?(.*)$/.exec(line) ?? [];
  return [keyword.toLowerCase(), value];
}

/** The account whose files are looked for. */
export interface HostAccount {
  readonly user: string;
  /** Absolute path of the home directory. */
  readonly home: string;
  readonly uid: number;
}

/**
 * The files that patterns of `AuthorizedKeysFile` name for an account. `%h`, `%u`, `%U` and `%%` are expanded, and
 * relative paths are below the home (sshd_config(5)). Wildcards, which OpenSSH 10 supports, stay; see `hasWildcard`.
 */
export function authorizedKeysPaths(patterns: readonly string[], account: HostAccount): string[] {
  return [...new Set(patterns.map((pattern) => absolute(expanded(pattern, account), account.home)))];
}

/** Whether a path names several files (glob(7)) for a new sshd. An older sshd reads it literally. */
export function hasWildcard(path: string): boolean {
  return /[*?[]/.test(path);
}

function expanded(pattern: string, { user, home, uid }: HostAccount): string {
  const tokens: Record<string, string> = { "%h": home, "%u": user, "%U": String(uid), "%%": "%" };
  return pattern.replace(/%./g, (token) => tokens[token] ?? token);
}

function absolute(path: string, home: string): string {
  return path.startsWith("/") ? path : `${home.replace(/\/$/, "")}/${path}`;
}
