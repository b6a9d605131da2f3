import { InvalidTargetError } from "../../errors";
import type { ExecOptions } from "../connection/exec";
import { type Become, type HostAccount, isUserName, parsePasswdLine, type Rights } from "./account";
import { type Fields, printable } from "./fields";
import { ASK_SSHD, INSPECT_HOST, SHOW_SSHD_CONFIG } from "./inspect_host_script";
import { runScript, type Shell } from "./run_script";

/** What a host says about itself. */
export interface HostFacts extends Rights {
  /** The requested users that exist, by name. */
  readonly accounts: ReadonlyMap<string, HostAccount>;
  /** The output of `sshd -T -C user=...` by user name; only for requested users for which sshd answers. */
  readonly sshdSettings: ReadonlyMap<string, string>;
  /** The host's own words if sshd does not answer for all of them, such as `sshd: no hostkeys available`. */
  readonly sshdRefusal?: string;
  /** The text of sshd_config, with its included files in place; absent if it cannot be read. */
  readonly sshdConfig?: string;
}

const becomePrograms: readonly Become[] = ["sudo", "doas", "su"];

/**
 * Reads facts from a host: the session's account, how it can become another one, which of the users exist, and the
 * settings of sshd for them.
 *
 * Rejects as SshSession.exec does; with SshNoShellError if the login gets no shell, with SshCommandError if a script
 * fails on the host, and with InvalidTargetError for a name that cannot be a user's.
 */
export async function inspectHost(
  session: Shell,
  users: readonly string[],
  options?: Pick<ExecOptions, "signal" | "timeoutMs">,
): Promise<HostFacts> {
  const wrong = users.find((user) => !isUserName(user));
  if (wrong !== undefined)
    throw new InvalidTargetError(`${JSON.stringify(wrong)} cannot be a user of a host. Check the user name.`);
  const variables = { users: users.join(" ") };
  const next = { text: `${ASK_SSHD}\n${SHOW_SSHD_CONFIG}`, variables };
  return factsFrom(await runScript(session, { text: INSPECT_HOST, variables, next }, options));
}

function factsFrom(answer: Fields): HostFacts {
  const loginAccount = accountIn(answer, "login") ?? accountIn(answer, "self");
  if (!loginAccount) {
    const [user] = answer.text("self")?.split(":") ?? [];
    throw new InvalidTargetError(
      `The host has no passwd entry with a home directory for ${user}. Check the user name.`,
    );
  }
  const accounts = answer.each("account").flatMap((each) => withGroups(accountIn(each, "account"), each) ?? []);
  const settings = answer.each("user").map((each) => [each.text("user") ?? "", each.text("settings") ?? ""] as const);
  const become = becomePrograms.find((program) => program === answer.text("become"));
  const sshdRefusal = printable(answer.text("sshd-refusal") ?? "");
  const sshdConfig = answer.bytes("config")?.toString();
  return {
    loginAccount,
    accounts: new Map(accounts.map((account) => [account.user, account])),
    become,
    ...(become === undefined && { becomeRefusal: refusalIn(answer) }),
    sshdSettings: new Map(settings),
    ...(sshdRefusal !== "" && { sshdRefusal }),
    ...(sshdConfig !== undefined && { sshdConfig }),
  };
}

function accountIn(answer: Fields, name: string): HostAccount | undefined {
  return parsePasswdLine(answer.text(name)?.split("\n")[0] ?? "");
}

function withGroups(account: HostAccount | undefined, answer: Fields): HostAccount | undefined {
  const groups = answer.text("groups")?.split(" ").filter(Boolean) ?? [];
  return account && groups.length > 0 ? { ...account, groups } : account;
}

function refusalIn(answer: Fields): string {
  const refusals = answer.each("refusal").map((each) => printable(each.text("refusal") ?? ""));
  return refusals.join("; ") || "neither sudo nor doas is installed";
}
