import { printable } from "../../errors/printable";
import { type AuthorizedEntry, entriesOf } from "../authorized_keys/entry";
import {
  authorizedKeysPaths,
  DEFAULT_MAX_AUTH_TRIES,
  defaultAuthorizedKeysFiles,
  type RootKeys,
  type SshdSettings,
  sshdSettings,
} from "../authorized_keys/sshd_config";
import { authorizedKeysFileLists, readSshdConfig, type SshdConfigText } from "../authorized_keys/sshd_config_text";
import type { SshSession } from "../connection/session";
import { canAct } from "../host_files/account";
import type { HostFacts } from "../host_files/inspect_host";
import { type HostFile, isPattern, type ReadObstacle, type ReadOptions, readHostFiles } from "../host_files/read";

/** The authorized_keys files of one account, as sshd names them. */
export interface AccountFiles {
  readonly user: string;
  /** Files that were read, and files that do not exist yet, in sshd's order. Uncertain ones come last. */
  readonly files: readonly AccountFile[];
  /** What could not be read, each with the reason. A key may be there. */
  readonly unread: readonly string[];
  /** What stands in the way of reading the first of them, if it is neither its owner nor its mode. */
  readonly obstacle?: ReadObstacle;
  /** What else may accept a key, in words. */
  readonly otherSources: readonly string[];
  /** Why sshd may refuse a key that is in a file, in words. */
  readonly refusals: readonly string[];
  /** How many failed tries sshd allows in a connection to the account. */
  readonly maxAuthTries: number;
  /** Which keys may open the account: all, unless it is root's. */
  readonly usableKeys: RootKeys;
  /** Why sshd may accept a key that is in none of these files, from here or from elsewhere, in words. Empty if nothing suggests that. */
  readonly doubts: readonly string[];
}

/** One file of an account. */
export interface AccountFile extends HostFile {
  /** The settings name it for us. Otherwise sshd may read it, for other clients or if a name has blanks. */
  readonly isNamed: boolean;
  /** sshd may not read it: it is not named, or only a wildcard names it, which only OpenSSH 10 and later knows. */
  readonly isUncertain: boolean;
}

/**
 * Reads the files of an account as that account.
 *
 * @param known files of the account that were read a moment ago; all others are read now. Default: none
 */
export async function readAccountFiles(
  session: SshSession,
  facts: HostFacts,
  user: string,
  bounds: Pick<ReadOptions, "timeoutMs" | "signal" | "contentOnly">,
  known: readonly HostFile[] = [],
): Promise<AccountFiles> {
  const account = facts.accounts.get(user);
  const { settings, doubts } = settingsOf(facts, user);
  const { otherSources, maxAuthTries } = settings;
  const usableKeys = account?.uid === 0 ? settings.rootKeys : "all";
  const refusals = refusalsIn({ ...settings, rootKeys: usableKeys });
  const common = { user, doubts, otherSources, maxAuthTries, usableKeys, refusals };
  if (!account) return { ...common, files: [], unread: [`the account ${user}, which does not exist,`] };
  const named = authorizedKeysPaths(settings.authorizedKeysFiles, account);
  const possible = authorizedKeysPaths(settings.possibleFiles, account).filter((path) => !named.includes(path));
  const read = async (paths: readonly string[]) =>
    knownFiles(known, paths) ?? (await readHostFiles(session, facts, user, paths, bounds));
  const files = [
    ...(await read(named)).map((file) => ({ ...file, isNamed: true, isUncertain: !named.includes(file.path) })),
    ...(possible.length > 0 ? await read(possible) : []).map((file) => ({ ...file, ...unnamed })),
  ];
  const unread = files.filter(({ status }) => status === "unreadable");
  return {
    ...common,
    // sshd reads neither a device nor a link that leads to itself, so no key is there.
    files: certainFirst(files).filter(({ status }) => status === "read" || status === "missing"),
    unread: unread.map(({ path, reason }) => `${printable(path)} (${reason ?? "unreadable"})`),
    ...(unread[0]?.obstacle && { obstacle: unread[0].obstacle }),
  };
}

/** The files with these paths, unless one of them is not known, or is a pattern. */
function knownFiles(known: readonly HostFile[], paths: readonly string[]): readonly HostFile[] | undefined {
  const isMeant = (file: HostFile, path: string) => file.path === path && !isPattern(path);
  const found = paths.flatMap((path) => known.find((file) => isMeant(file, path)) ?? []);
  return found.length === paths.length ? found : undefined;
}

const unnamed = { isNamed: false, isUncertain: true };

function certainFirst(files: readonly AccountFile[]): AccountFile[] {
  return files.toSorted((a, b) => Number(a.isUncertain) - Number(b.isUncertain));
}

/** Whether a file is unread although the session acts as its owner. sshd reads as the owner too. */
export function isUnreadByOwner(facts: HostFacts, { user, unread }: AccountFiles): boolean {
  return unread.length > 0 && facts.accounts.has(user) && canAct(facts, user);
}

interface KnownSettings {
  readonly settings: SshdSettings;
  readonly doubts: readonly string[];
}

const byDefault: SshdSettings = {
  authorizedKeysFiles: defaultAuthorizedKeysFiles,
  possibleFiles: [],
  otherSources: [],
  pubkeyAuthentication: true,
  maxAuthTries: DEFAULT_MAX_AUTH_TRIES,
  rootKeys: "all",
};

/** The settings of each account, by what a host says about itself: they are asked for with every reading. */
const knownSettings = new WeakMap<HostFacts, Map<string, KnownSettings>>();

function settingsOf(facts: HostFacts, user: string): KnownSettings {
  const known = knownSettings.get(facts) ?? new Map<string, KnownSettings>();
  knownSettings.set(facts, known);
  const settings = known.get(user) ?? readSettings(facts, user);
  known.set(user, settings);
  return settings;
}

/** What sshd says of this client. The text of its configuration says the rest: names with blanks, and other clients. */
function readSettings(facts: HostFacts, user: string): KnownSettings {
  const { sshdConfig, sshdRefusal, becomeRefusal } = facts;
  const text = sshdConfig === undefined ? undefined : readSshdConfig(sshdConfig, facts.accounts.get(user) ?? { user });
  const lists = sshdConfig === undefined ? [] : authorizedKeysFileLists(sshdConfig);
  const answer = sshdSettings(facts.sshdSettings.get(user) ?? "", lists);
  if (answer) {
    const possibleFiles = [...answer.possibleFiles, ...(text?.settings.possibleFiles ?? [])];
    const doubts = [...(text ? doubtsIn(text) : []), ...doubtsAboutPrograms(answer)];
    return { settings: { ...answer, possibleFiles }, doubts };
  }
  if (text) return { settings: text.settings, doubts: [...doubtsIn(text), ...doubtsAboutPrograms(text.settings)] };
  const why = sshdRefusal ?? becomeRefusal ?? "it gave no answer";
  return {
    settings: byDefault,
    doubts: [`sshd does not say which files it reads (${why}); its defaults are assumed`],
  };
}

function doubtsIn({ unread, otherSources }: SshdConfigText): string[] {
  return [
    ...unread.map((what) => `${what}, so sshd may read other files than these`),
    ...otherSources.map((what) => `${what}, which may accept keys that no file has`),
  ].map((doubt) => printable(doubt));
}

/** A program may give a key the option `from=`. Then the refusal of a client says nothing about others. */
function doubtsAboutPrograms({ otherSources }: SshdSettings): string[] {
  return otherSources
    .filter((source) => source.startsWith("AuthorizedKeysCommand "))
    .map((source) => printable(`sshd also asks ${source}, which may accept the key from elsewhere`));
}

const rootSettings: Readonly<Record<RootKeys, readonly string[]>> = {
  all: [],
  "with-command": ["PermitRootLogin forced-commands-only"],
  none: ["PermitRootLogin no"],
};

function refusalsIn({ pubkeyAuthentication, revokedKeys, rootKeys }: SshdSettings): string[] {
  return [
    ...rootSettings[rootKeys],
    ...(pubkeyAuthentication ? [] : ["PubkeyAuthentication no"]),
    ...(revokedKeys === undefined ? [] : [`RevokedKeys ${printable(revokedKeys)}`]),
  ];
}

/** Every entry in the files of accounts. */
export function entriesIn(accounts: readonly AccountFiles[]): AuthorizedEntry[] {
  return accounts.flatMap(({ files }) => files.flatMap(({ bytes }) => entriesOf(bytes)));
}
