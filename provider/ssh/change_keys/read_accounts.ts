import { printable } from "../../errors/printable";
import type { ExecOptions } from "../connection/exec";
import type { SshSession } from "../connection/session";
import { isUserName } from "../host_files/account";
import type { HostFacts } from "../host_files/inspect_host";
import { type AccountFiles, entriesIn, readAccountFiles } from "./account_files";

/** The files of accounts, and whether our login shows that sshd reads others. */
export interface Accounts {
  readonly accounts: readonly AccountFiles[];
  /** Why sshd reads other files than these, what to do, each as a sentence. Absent if nothing shows that. */
  readonly otherFiles?: string;
}

/** The accounts to ask the host about before `readAccounts`: these, and the one that logs in if it can be asked about. */
export function usersToInspect(users: readonly string[], login: string): string[] {
  return [...new Set([...users, ...[login].filter(isUserName)])];
}

/**
 * Reads the files of accounts, each as that account, unless the inspection has just read them. Compares them with our
 * login: the account that logged in has to have its key in a file. If it has not, sshd runs with another configuration than the host shows us, such as that
 * of a second sshd, or one that was not loaded yet, or the login ends in a container. Then no file here proves anything.
 *
 * @param login the account that logged in, about which `facts` were asked
 */
export async function readAccounts(
  session: SshSession,
  facts: HostFacts,
  users: readonly string[],
  login: string,
  bounds: Pick<ExecOptions, "timeoutMs" | "signal">,
): Promise<Accounts> {
  const read = (user: string) => readAccountFiles(session, facts, user, bounds, facts.usualFiles?.get(user));
  const accounts = await Promise.all(users.map(read));
  if (session.loggedInKey === undefined || !facts.accounts.has(login)) return { accounts };
  const own = accounts.find(({ user }) => user === login) ?? (await read(login));
  return explainsLogin(own, session.loggedInKey)
    ? { accounts }
    : { accounts, otherFiles: whyOtherFiles(facts, own, session.loggedInKey) };
}

/** A file that was not read, and a program that sshd asks, may have the key too. */
function explainsLogin(own: AccountFiles, loggedInKey: string): boolean {
  return (
    own.unread.length > 0 ||
    own.otherSources.some((source) => source.startsWith("AuthorizedKeysCommand ")) ||
    entriesIn([own]).some(({ fingerprintSha256 }) => fingerprintSha256 === loggedInKey)
  );
}

function whyOtherFiles(
  { loginAccount, become, becomeRefusal }: HostFacts,
  { user, files }: AccountFiles,
  loggedInKey: string,
) {
  const paths = files.map(({ path }) => printable(path)).join(", ") || "it seems to read none";
  const remedy =
    become === undefined && loginAccount.uid !== 0
      ? `Log in as root, or let ${user} use sudo without a password (${becomeRefusal}), so that sshd can be asked for its settings.`
      : "Reload sshd if its configuration was changed, and log in to the host itself, not to a container. If sshd was " +
        "started with other settings (-f, -o), put them into /etc/ssh/sshd_config.";
  return (
    `sshd let ${user} in with ${loggedInKey}, which is in none of the files that it seems to read (${paths}), so it reads ` +
    `others, which may have any key. ${remedy}`
  );
}
