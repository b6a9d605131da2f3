import { type AuthorizedEntry, entriesOf } from "../authorized_keys/entry";
import {
  authorizedKeysPaths,
  defaultAuthorizedKeysFiles,
  type SshdSettings,
  sshdSettings,
} from "../authorized_keys/sshd_config";
import { readSshdConfig } from "../authorized_keys/sshd_config_text";
import type { ExecOptions } from "../connection/exec";
import type { SshSession } from "../connection/session";
import { canAct } from "../host_files/account";
import { printable } from "../host_files/fields";
import type { HostFacts } from "../host_files/inspect_host";
import { type HostFile, readHostFiles } from "../host_files/read";

/** The authorized_keys files of one account, as sshd names them. */
export interface AccountFiles {
  readonly user: string;
  /** Those that are read, and those that are not there yet; those that only a wildcard names come last. */
  readonly files: readonly HostFile[];
  /** What could not be looked into, each with the reason: nothing is known of it. */
  readonly unread: readonly string[];
  /** What else may let a key in, in words. */
  readonly otherSources: readonly string[];
  /** Why keys may be refused that are in files, in words. */
  readonly refusals: readonly string[];
  /** Why sshd may read other files than these, in words; empty where sshd has said it itself, and for all clients. */
  readonly doubts: readonly string[];
}

/** Reads the files of an account, as the account that owns them. */
export async function readAccountFiles(
  session: SshSession,
  look: HostFacts,
  user: string,
  bounds: Pick<ExecOptions, "timeoutMs" | "signal">,
): Promise<AccountFiles> {
  const account = look.accounts.get(user);
  const { settings, doubts } = settingsOf(look, user);
  const told = { user, doubts, otherSources: settings.otherSources, refusals: refusalsIn(settings) };
  if (!account) return { ...told, files: [], unread: [`the account ${user}, which is not there`] };
  const paths = authorizedKeysPaths(settings.authorizedKeysFiles, account);
  const files = await readHostFiles(session, look, user, paths, bounds);
  const unread = files.filter(({ status }) => status === "unreadable");
  return {
    ...told,
    // sshd reads neither a device nor a link in a circle, so no key is there.
    files: namedFirst(files, paths).filter(({ status }) => status === "read" || status === "missing"),
    unread: unread.map(({ path, reason }) => `${path} (${reason ?? "unreadable"})`),
  };
}

/** Wildcards are known from OpenSSH 10 on only: a file that one names may be read by nobody. */
function namedFirst(files: readonly HostFile[], paths: readonly string[]): HostFile[] {
  const isNamed = ({ path }: HostFile) => Number(paths.includes(path));
  return files.toSorted((a, b) => isNamed(b) - isNamed(a));
}

/** Whether what is unread stays so although the session acts as its owner, which is how sshd reads as well. */
export function isUnreadByOwner(look: HostFacts, { user, unread }: AccountFiles): boolean {
  return unread.length > 0 && look.accounts.has(user) && canAct(look, user);
}

interface Told {
  readonly settings: SshdSettings;
  readonly doubts: readonly string[];
}

const byDefault: SshdSettings = {
  authorizedKeysFiles: defaultAuthorizedKeysFiles,
  otherSources: [],
  pubkeyAuthentication: true,
};

function settingsOf({ sshdSettings: told, sshdConfig, sshdRefusal, becomeRefusal }: HostFacts, user: string): Told {
  const said = told.get(user);
  const settings = said === undefined ? undefined : sshdSettings(said);
  if (settings) return { settings, doubts: elsewhere(sshdConfig) };
  const why = sshdRefusal ?? becomeRefusal ?? "it gave no answer";
  if (sshdConfig === undefined) {
    return {
      settings: byDefault,
      doubts: [`sshd does not say which files it reads (${why}); its defaults are assumed`],
    };
  }
  const written = readSshdConfig(sshdConfig);
  const doubts = [...written.doubts, ...unreadIn(sshdConfig)].map((doubt) => `; ${doubt}`).join("");
  return {
    settings: written.settings,
    doubts: [`sshd does not say which files it reads (${why}); that is taken from sshd_config${doubts}`],
  };
}

/** What sshd did not say when it was asked about this client: `Match` blocks for others. Users and groups it knows. */
function elsewhere(sshdConfig = ""): string[] {
  const byClient = /^match\b.*\b(address|host|localaddress|localport|rdomain|version|exec)\b/i;
  const doubts = readSshdConfig(sshdConfig).doubts.filter((doubt) => byClient.test(doubt));
  return doubts.map((doubt) => `Clients from elsewhere may have other settings (${printable(doubt)})`);
}

/** Files that are included and were not shown: the script on the host says so in a comment. */
function unreadIn(sshdConfig: string): string[] {
  return [...sshdConfig.matchAll(/^# (\S+ cannot be read)$/gm)].flatMap(([, what]) => what ?? []);
}

function refusalsIn({ pubkeyAuthentication, revokedKeys }: SshdSettings): string[] {
  return [
    ...(pubkeyAuthentication ? [] : ["PubkeyAuthentication no"]),
    ...(revokedKeys === undefined ? [] : [`RevokedKeys ${revokedKeys}`]),
  ];
}

/** Every grant in the files of accounts. */
export function entriesIn(accounts: readonly AccountFiles[]): AuthorizedEntry[] {
  return accounts.flatMap(({ files }) => files.flatMap(({ bytes }) => entriesOf(bytes)));
}
