/** Who is who on a host, and how commands run as somebody else. */
import { InvalidTargetError } from "../../errors";
import { quote } from "./shell_text";

/** An account of a host. */
export interface HostAccount {
  /** Its name. */
  readonly user: string;
  /** Its number; 0 is root's. */
  readonly uid: number;
  /** Its home directory: absolute, without a slash at the end. */
  readonly home: string;
}

/** What runs commands as another account: `sudo -n`, `doas -n`, or `su` where the session is root's. */
export type Become = "sudo" | "doas" | "su";

/** A session's account, and what it can do. */
export interface Rights {
  /** As whom the session runs. */
  readonly loginAccount: HostAccount;
  /** How commands run as another account; undefined when nothing lets them. */
  readonly become: Become | undefined;
  /** What the host said when nothing lets them. */
  readonly becomeRefusal?: string;
}

/** Reads a line of passwd(5). Undefined for what is none. */
export function parsePasswdLine(line: string): HostAccount | undefined {
  const [user, , number = "", , , home = ""] = line.split(":");
  if (!user || !/^\d+$/.test(number) || !home.startsWith("/")) return undefined;
  return { user, uid: Number(number), home: home.replace(/\/+$/, "") };
}

/** Whether a name can be an account's, and is nothing else to a program that gets it as an argument. */
export function isUserName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._@\\+$-]*$/.test(name);
}

/**
 * The command that runs the rest of standard input as another account. Undefined when the session is of that account
 * already, or has no way to become it.
 */
export function becoming(rights: Rights, user: string, loader: string): string | undefined {
  if (user === rights.loginAccount.user || rights.become === undefined) return undefined;
  if (rights.become !== "su") return `exec ${rights.become} -n -u ${quote(user)} -- /bin/sh -c ${quote(loader)}`;
  // The one spelling that util-linux, busybox and FreeBSD share for a shell other than the account's, which may be nologin.
  return `SHELL=/bin/sh; export SHELL; exec su -m ${quote(user)} -c ${quote(loader)}`;
}

/** The account of that name. @throws InvalidTargetError when the host was not asked about it or has none */
export function accountOf(
  look: { readonly accounts: ReadonlyMap<string, HostAccount> } & Rights,
  user: string,
): HostAccount {
  const account = look.accounts.get(user) ?? (look.loginAccount.user === user ? look.loginAccount : undefined);
  if (account) return account;
  throw new InvalidTargetError(`${JSON.stringify(user)} is no user of the host.`);
}

/** A path as an account has it: below its home unless it is absolute. */
export function pathOf({ home }: HostAccount, path: string): string {
  return path.startsWith("/") ? path : `${home}/${path}`;
}

/** Whether commands can run as an account. */
export function canAct({ loginAccount, become }: Rights, user: string): boolean {
  return become !== undefined || loginAccount.user === user;
}
