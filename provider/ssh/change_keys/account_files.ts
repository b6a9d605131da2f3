import { type AuthorizedEntry, entriesOf } from "../authorized_keys/entry";
import {
  authorizedKeysPaths,
  defaultAuthorizedKeysFiles,
  type SshdSettings,
  sshdSettings,
} from "../authorized_keys/sshd_config";
import type { HostLook } from "../host_files/look";
import { type HostFile, readHostFiles } from "../host_files/read";
import type { SshSession } from "../session";

/** The authorized_keys files of one account, as sshd names them. */
export interface AccountFiles {
  readonly user: string;
  /** Those that are read, and those that are not there yet. */
  readonly files: readonly HostFile[];
  /** What could not be looked into, each with the reason: nothing is known of it. */
  readonly unread: readonly string[];
  /** What else may let a key in, in words. */
  readonly otherSources: readonly string[];
}

/** Reads the files of an account, as the account that owns them. */
export async function accountFiles(session: SshSession, look: HostLook, user: string): Promise<AccountFiles> {
  const account = look.accounts.get(user);
  if (!account) return { user, files: [], unread: [`the account ${user}, which is not there`], otherSources: [] };
  const settings = settingsOf(look, user);
  const paths = authorizedKeysPaths(settings?.authorizedKeysFiles ?? defaultAuthorizedKeysFiles, account);
  const files = await readHostFiles(session, look, user, paths);
  const isKnown = ({ status }: HostFile) => status === "read" || status === "missing";
  return {
    user,
    files: files.filter(isKnown),
    unread: files.filter((file) => !isKnown(file)).map(({ path, status, reason }) => `${path} (${reason ?? status})`),
    otherSources: settings?.otherSources ?? [],
  };
}

function settingsOf(look: HostLook, user: string): SshdSettings | undefined {
  const told = look.sshdSettings.get(user);
  return told === undefined ? undefined : sshdSettings(told);
}

/** Every grant in the files of accounts. */
export function entriesIn(accounts: readonly AccountFiles[]): AuthorizedEntry[] {
  return accounts.flatMap(({ files }) => files.flatMap(({ bytes }) => entriesOf(bytes)));
}
