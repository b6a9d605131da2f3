import { InvalidTargetError } from "../../errors";
import type { ExecOptions } from "../connection/exec";
import { type Become, type HostAccount, isUserName, parsePasswdLine, type Rights } from "./account";
import { type Fields, printable } from "./fields";
import { ASK_SSHD, INSPECT_HOST, SHOW_SSHD_CONFIG } from "./inspect_host_script";
import { runScript, type Shell } from "./run_script";

/** What a host says of itself. */
export interface HostFacts extends Rights {
  /** Those of the wanted users who exist, by name. */
  readonly accounts: ReadonlyMap<string, HostAccount>;
  /** What `sshd -T -C user=...` says, by name of the wanted user; without those for whom it could not be asked. */
  readonly sshdSettings: ReadonlyMap<string, string>;
  /** What the host said where sshd could not be asked about all of them, such as `sshd: no hostkeys available`. */
  readonly sshdRefusal?: string;
  /** The text of sshd_config with the files that it includes in place; absent where it cannot be read. */
  readonly sshdConfig?: string;
}

const WAYS: readonly Become[] = ["sudo", "doas", "su"];

/**
 * Looks at a host: who the session is, whom it can become, which of the users exist, what its sshd does for them.
 *
 * Rejects as SshSession.exec does; with SshNoShellError where the login gets no shell, with SshCommandError where a script
 * fails on the host, and with InvalidTargetError for what is no user name.
 */
export async function inspectHost(
  session: Shell,
  users: readonly string[],
  options?: Pick<ExecOptions, "signal" | "timeoutMs">,
): Promise<HostFacts> {
  const wrong = users.find((user) => !isUserName(user));
  if (wrong !== undefined) throw new InvalidTargetError(`${JSON.stringify(wrong)} cannot be a user of a host.`);
  const variables = { users: users.join(" ") };
  const next = { text: `${ASK_SSHD}\n${SHOW_SSHD_CONFIG}`, variables };
  return factsFrom(await runScript(session, { text: INSPECT_HOST, variables, next }, options));
}

function factsFrom(said: Fields): HostFacts {
  const loginAccount = accountIn(said, "login") ?? accountIn(said, "self");
  if (!loginAccount) throw new InvalidTargetError(`The host does not say who ${said.text("self")} is.`);
  const accounts = said.each("account").flatMap((each) => accountIn(each, "account") ?? []);
  const settings = said.each("user").map((each) => [each.text("user") ?? "", each.text("settings") ?? ""] as const);
  const become = WAYS.find((way) => way === said.text("become"));
  const sshdRefusal = printable(said.text("sshd-refusal") ?? "");
  const sshdConfig = said.bytes("config")?.toString();
  return {
    loginAccount,
    accounts: new Map(accounts.map((account) => [account.user, account])),
    become,
    ...(become === undefined && { becomeRefusal: refusalIn(said) }),
    sshdSettings: new Map(settings),
    ...(sshdRefusal !== "" && { sshdRefusal }),
    ...(sshdConfig !== undefined && { sshdConfig }),
  };
}

function accountIn(said: Fields, name: string): HostAccount | undefined {
  return parsePasswdLine(said.text(name)?.split("\n")[0] ?? "");
}

function refusalIn(said: Fields): string {
  const refusals = said.each("refusal").map((each) => printable(each.text("refusal") ?? ""));
  return refusals.join("; ") || "neither sudo nor doas is installed";
}
