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
  /** Files that were read, and files that do not exist yet, in sshd's order. Uncertain ones come last. */
  readonly files: readonly AccountFile[];
  /** What could not be read, each with the reason. A key may be there. */
  readonly unread: readonly string[];
  /** What else may accept a key, in words. */
  readonly otherSources: readonly string[];
  /** Why sshd may refuse a key that is in a file, in words. */
  readonly refusals: readonly string[];
  /** Why sshd may read other files than these, in words. Empty if sshd itself named them, and for all clients. */
  readonly doubts: readonly string[];
}

/** One file of an account. */
export interface AccountFile extends HostFile {
  /** sshd may not read it: only a wildcard names it, which only OpenSSH 10 and later knows. */
  readonly isUncertain: boolean;
}

/** Reads the files of an account as that account. */
export async function readAccountFiles(
  session: SshSession,
  facts: HostFacts,
  user: string,
  bounds: Pick<ExecOptions, "timeoutMs" | "signal">,
): Promise<AccountFiles> {
  const account = facts.accounts.get(user);
  const { settings, doubts } = settingsOf(facts, user);
  const common = { user, doubts, otherSources: settings.otherSources, refusals: refusalsIn(settings) };
  if (!account) return { ...common, files: [], unread: [`the account ${user}, which does not exist,`] };
  const paths = authorizedKeysPaths(settings.authorizedKeysFiles, account);
  const files = await readHostFiles(session, facts, user, paths, bounds);
  const unread = files.filter(({ status }) => status === "unreadable");
  return {
    ...common,
    // sshd reads neither a device nor a link that leads to itself, so no key is there.
    files: certainFirst(files, paths).filter(({ status }) => status === "read" || status === "missing"),
    unread: unread.map(({ path, reason }) => `${path} (${reason ?? "unreadable"})`),
  };
}

function certainFirst(files: readonly HostFile[], paths: readonly string[]): AccountFile[] {
  const all = files.map((file) => ({ ...file, isUncertain: !paths.includes(file.path) }));
  return all.toSorted((a, b) => Number(a.isUncertain) - Number(b.isUncertain));
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
  otherSources: [],
  pubkeyAuthentication: true,
};

function settingsOf(facts: HostFacts, user: string): KnownSettings {
  const { sshdConfig, sshdRefusal, becomeRefusal } = facts;
  const output = facts.sshdSettings.get(user);
  const settings = output === undefined ? undefined : sshdSettings(output);
  if (settings) return { settings, doubts: doubtsAboutOtherClients(sshdConfig) };
  const why = sshdRefusal ?? becomeRefusal ?? "it gave no answer";
  if (sshdConfig === undefined) {
    return {
      settings: byDefault,
      doubts: [`sshd does not say which files it reads (${why}); its defaults are assumed`],
    };
  }
  const fromText = readSshdConfig(sshdConfig);
  const doubts = [...fromText.doubts, ...unreadIn(sshdConfig)].map((doubt) => `; ${doubt}`).join("");
  return {
    settings: fromText.settings,
    doubts: [`sshd does not say which files it reads (${why}); they are taken from sshd_config${doubts}`],
  };
}

/** `sshd -T` answers for this client only. It knows users and groups, but other clients may match other `Match` blocks. */
function doubtsAboutOtherClients(sshdConfig = ""): string[] {
  const byClient = /^match\b.*\b(address|host|localaddress|localport|rdomain|version|exec)\b/i;
  const doubts = readSshdConfig(sshdConfig).doubts.filter((doubt) => byClient.test(doubt));
  return doubts.map((doubt) => `Clients from elsewhere may have other settings (${printable(doubt)})`);
}

/** Included files that the host could not read: the script on the host puts a comment in their place. */
function unreadIn(sshdConfig: string): string[] {
  return [...sshdConfig.matchAll(/^# (\S+ cannot be read)$/gm)].flatMap(([, what]) => what ?? []);
}

function refusalsIn({ pubkeyAuthentication, revokedKeys }: SshdSettings): string[] {
  return [
    ...(pubkeyAuthentication ? [] : ["PubkeyAuthentication no"]),
    ...(revokedKeys === undefined ? [] : [`RevokedKeys ${revokedKeys}`]),
  ];
}

/** Every entry in the files of accounts. */
export function entriesIn(accounts: readonly AccountFiles[]): AuthorizedEntry[] {
  return accounts.flatMap(({ files }) => files.flatMap(({ bytes }) => entriesOf(bytes)));
}
