import { randomBytes } from "node:crypto";
import { SshCommandError, SshNoShellError } from "../../errors";
import type { ExecOptions, ExecResult } from "../connection/exec";
import type { SshSession } from "../connection/session";
import { becomeCommand, type Rights } from "./account";
import { Fields, fieldsIn, lastLine } from "./fields";
import { COMMAND, COMMAND_WITH_DATA, EXTEND_PATH, LOADER, loadable, runnable } from "./shell_text";

/** Runs commands on a host: an SshSession. Errors say "the host" if it has no name. */
export type Shell = Pick<SshSession, "exec"> & Partial<Pick<SshSession, "where">>;

/** A script for the host, and its input. */
export interface HostScript {
  /** Its text, without comments. It ends by putting `end`. */
  readonly text: string;
  /** Shell variables that are set for it. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Its standard input. Default: nothing. */
  readonly data?: Buffer;
}

/** The result of a script that runs as another account: its fields, or why it did not run, in the host's own words. */
export type Answer = Fields | { readonly refused: string };

/**
 * Runs a script as the account of the session. Rejects as SshSession.exec does, with SshNoShellError or SshCommandError.
 *
 * @param given the script, or a function that makes it with the nonce that marks its fields
 */
export async function runScript(
  session: Shell,
  given: HostScript | ((nonce: string) => HostScript),
  options?: ExecOptions,
): Promise<Fields> {
  const nonce = newNonce();
  const script = typeof given === "function" ? given(nonce) : given;
  const text = textOf(nonce, script);
  const result =
    script.data === undefined
      ? await session.exec(COMMAND, text, options)
      : await session.exec(COMMAND_WITH_DATA, Buffer.concat([Buffer.from(loadable(text)), script.data]), options);
  return parseAnswer(session, result, nonce);
}

/** Checks that a login runs scripts. Rejects as runScript does. */
export async function checkShell(session: Shell, options?: ExecOptions): Promise<void> {
  await runScript(session, { text: "put end" }, options);
}

/**
 * Runs a script as an account, or as the session's own account if the session cannot become the other. Rejects as
 * runScript does.
 */
export async function runScriptAs(
  session: Shell,
  rights: Rights,
  user: string,
  script: HostScript,
  options?: ExecOptions,
): Promise<Answer> {
  const nonce = newNonce();
  const sent = forAccount(rights, user, nonce, script);
  if (sent === undefined) return runScript(session, script, options);
  const result = await session.exec(sent.command, sent.stdin, options);
  const fields = fieldsIn(result.stdoutBytes, nonce);
  if (fields.length === 0 && result.code !== 0) return { refused: lastLine(result.stderr) || `status ${result.code}` };
  return parseAnswer(session, result, nonce);
}

/** A name that means itself in every shell, without quotes. */
const PLAIN_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/** How a script is sent that runs as another account. */
interface Sent {
  readonly command: string;
  readonly stdin: string | Buffer;
}

/** Undefined if the script runs as the session's own account. */
function forAccount(rights: Rights, user: string, nonce: string, script: HostScript): Sent | undefined {
  const isPlain = script.data === undefined && PLAIN_NAME.test(user);
  const become = becomeCommand(rights, user, isPlain ? [] : ["-c", LOADER]);
  if (become === undefined) return undefined;
  const text = textOf(nonce, script);
  const becoming = `${EXTEND_PATH};export PATH;${become}`;
  if (isPlain) return { command: `exec /bin/sh -c '${becoming.replaceAll("'", '"')}'`, stdin: text };
  const texts = [becoming, text].map((each) => Buffer.from(loadable(each)));
  return { command: COMMAND_WITH_DATA, stdin: Buffer.concat([...texts, script.data ?? Buffer.alloc(0)]) };
}

const newNonce = () => randomBytes(16).toString("hex");

function textOf(nonce: string, { text, variables = {} }: HostScript): string {
  return runnable(nonce, variables, text);
}

/** The fields of standard output, and then those of standard error. */
function parseAnswer({ where }: Shell, result: ExecResult, nonce: string): Fields {
  const fields = fieldsIn(result.stdoutBytes, nonce);
  if (fields.length === 0) throw noShellError(where, result);
  if (fields.at(-1)?.name === "end") return new Fields([...fields, ...fieldsIn(Buffer.from(result.stderr), nonce)]);
  throw new SshCommandError(
    `A script on ${where ?? "the host"} ended early, with status ${result.code}: ${lastLine(result.stderr) || "no error output"}.`,
  );
}

function noShellError(where: string | undefined, { code, stdout, stderr }: ExecResult): SshNoShellError {
  const output = lastLine(stdout) || lastLine(stderr);
  return new SshNoShellError(
    `${where ?? "The host"} accepted the login and ran no command (status ${code}${output ? `; its output: ${output}` : ""}). The user's ` +
      "shell may be nologin or a restricted one, or the key's line in authorized_keys may have a forced command, or sshd_config " +
      "a ForceCommand for the user, such as internal-sftp. Log in " +
      "as a user, or with a key, that may run /bin/sh.",
  );
}
