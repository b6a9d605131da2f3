/** The accounts of a host, and how commands run as another account. */
import { InvalidTargetError } from "../../errors";
import { quote } from "./shell_text";

/** An account of a host. */
export interface HostAccount {
  /** Its name. */
  readonly user: string;
  /** Its user id; 0 is root's. */
  readonly uid: number;
  /** Its home directory: absolute, without a slash at the end. */
  readonly home: string;
  /** Names of its groups; absent if the host does not say. */
  readonly groups?: readonly string[];
}

/** The program that runs commands as another account: `sudo -n`, `doas -n`, or `su` if the session is root's. */
export type Become = "sudo" | "doas" | "su";

/** The account of a session, and its rights. */
export interface Rights {
  /** The account that the session runs as. */
  readonly loginAccount: HostAccount;
  /** How commands run as another account; undefined if they cannot. */
  readonly become: Become | undefined;
  /** The host's own words, if they cannot. */
  readonly becomeRefusal?: string;
}

/** Parses a line of passwd(5). Undefined for any other line. */
export function parsePasswdLine(line: string): HostAccount | undefined {
  const [user, , number = "", , , home = ""] = line.split(":");
  if (!user || !/^\d+$/.test(number) || !home.startsWith("/")) return undefined;
  return { user, uid: Number(number), home: home.replace(/\/+$/, "") };
}

/** Whether a name can be an account's, and no program can take it for an option. */
export function isUserName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._@\\+$-]*$/.test(name);
}

/**
 * The command that runs a program of POSIX sh as another account. Undefined if the session has that account already, or
 * cannot become it.
 *
 * @param program the words after `/bin/sh`, such as `-c` and a text. Default: none, so that it reads standard input
 */
export function becomeCommand(rights: Rights, user: string, program: readonly string[] = []): string | undefined {
  if (user === rights.loginAccount.user || rights.become === undefined) return undefined;
  const shell = ["/bin/sh", ...program.map(quote)].join(" ");
  if (rights.become !== "su") return `exec ${rights.become} -n -u ${quote(user)} -- ${shell}`;
  // util-linux, busybox and FreeBSD share only this form for another shell than the account's, which may be nologin.
  return `SHELL=/bin/sh; export SHELL; exec su -m ${quote(user)} -c ${quote(`exec ${shell}`)}`;
}

/** The account of that name. @throws InvalidTargetError if `inspectHost` was not asked about it, or it does not exist */
export function accountOf(
  facts: { readonly accounts: ReadonlyMap<string, HostAccount> } & Rights,
  user: string,
): HostAccount {
  const account = facts.accounts.get(user) ?? (facts.loginAccount.user === user ? facts.loginAccount : undefined);
  if (account) return account;
  throw new InvalidTargetError(`${JSON.stringify(user)} is no user of the host. Check the user name.`);
}

/** The absolute path: a relative one is below the account's home. */
export function pathOf({ home }: HostAccount, path: string): string {
  return path.startsWith("/") ? path : `${home}/${path}`;
}

/** Whether commands can run as an account. */
export function canAct({ loginAccount, become }: Rights, user: string): boolean {
  return become !== undefined || loginAccount.user === user;
}
