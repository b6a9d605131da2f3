import { InvalidTargetError, SshCommandError } from "../../errors";
import { printable } from "../../errors/printable";
import type { ExecOptions } from "../connection/exec";
import { type Become, type HostAccount, isUserName, parsePasswdLine, type Rights } from "./account";
import { type Fields, lastLine } from "./fields";
import { fileFrom, type HostFile } from "./host_file";
import { INSPECT_AS_ROOT, INSPECT_HOST } from "./inspect_host_script";
import { runScript, type Shell } from "./run_script";
import { runnable } from "./shell_text";

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
  /** The files that sshd reads by default, by user name, if they were asked for: as they were during the inspection. */
  readonly usualFiles?: ReadonlyMap<string, readonly HostFile[]>;
}

/** Time limits, and what else to read. */
export interface InspectOptions extends Pick<ExecOptions, "signal" | "timeoutMs"> {
  /**
   * Whether to read the files that sshd reads by default too, for those of the users that are the session's account or
   * root. Default false.
   */
  readonly withUsualFiles?: boolean;
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
  { withUsualFiles = false, ...bounds }: InspectOptions = {},
): Promise<HostFacts> {
  const wrong = users.find((user) => !isUserName(user));
  if (wrong !== undefined)
    throw new InvalidTargetError(`${JSON.stringify(wrong)} cannot be a user of a host. Check the user name.`);
  const reading = withUsualFiles ? "1" : "";
  const script = (nonce: string) => ({
    text: INSPECT_HOST,
    variables: { users: users.join(" "), reading, as_root: runnable(nonce, { reading }, INSPECT_AS_ROOT) },
  });
  return factsFrom(await runScript(session, script, bounds));
}

function factsFrom(answer: Fields): HostFacts {
  if (answer.each("begun").length !== answer.each("ended").length) {
    throw new SshCommandError("A script that ran as root on the host ended early.");
  }
  const loginAccount = accountIn(answer, "login") ?? accountIn(answer, "self");
  if (!loginAccount) {
    const [user = ""] = answer.text("self")?.split(":") ?? [];
    throw new InvalidTargetError(
      `The host has no passwd entry with a home directory for ${printable(user)}. Check the user name.`,
    );
  }
  const groups = groupsIn(answer);
  const accounts = answer.each("account").flatMap((each) => accountIn(each, "account") ?? []);
  const become = becomePrograms.find((program) => program === answer.text("become"));
  const sshdConfig = answer.bytes("config")?.toString();
  const sshdRefusal = sshdRefusalIn(answer);
  const usualFiles = answer
    .each("usual")
    .map((each) => [each.text("usual") ?? "", each.each("path").map(fileFrom)] as const);
  return {
    loginAccount,
    accounts: new Map(accounts.map((account) => [account.user, { ...account, ...groups.get(account.user) }])),
    become,
    ...(become === undefined && { becomeRefusal: refusalIn(answer) }),
    sshdSettings: settingsIn(answer),
    ...(sshdRefusal !== "" && { sshdRefusal }),
    ...(sshdConfig !== undefined && { sshdConfig }),
    usualFiles: new Map(usualFiles),
  };
}

/** The answers of sshd, by user name. Some users have the same as another one. */
function settingsIn(answer: Fields): Map<string, string> {
  const settings = new Map<string, string>();
  for (const each of answer.each("user")) {
    const same = each.text("same-as");
    const text = same === undefined ? each.text("settings") : settings.get(same);
    const isAnswer = same !== undefined || each.text("status") === "0";
    if (isAnswer && text !== undefined) settings.set(each.text("user") ?? "", text);
  }
  settings.delete("");
  return settings;
}

function sshdRefusalIn(answer: Fields): string {
  if (answer.bytes("no-sshd") !== undefined) return "sshd: not found";
  return lastLine(answer.each("refused").at(-1)?.text("refused") ?? "");
}

function groupsIn(answer: Fields): Map<string, Pick<HostAccount, "groups">> {
  const members = answer.each("member").map((each) => {
    const groups = each.text("groups")?.split(" ").filter(Boolean) ?? [];
    return [each.text("member") ?? "", groups.length > 0 ? { groups } : {}] as const;
  });
  return new Map(members);
}

function accountIn(answer: Fields, name: string): HostAccount | undefined {
  return parsePasswdLine(answer.text(name)?.split("\n")[0] ?? "");
}

function refusalIn(answer: Fields): string {
  const refusals = answer.each("refusal").map((each) => lastLine(each.text("refusal") ?? ""));
  return refusals.join("; ") || "neither sudo nor doas is installed";
}
