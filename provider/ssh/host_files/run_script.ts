import { randomBytes } from "node:crypto";
import { SshCommandError, SshNoShellError } from "../../errors";
import type { ExecOptions, ExecResult } from "../connection/exec";
import type { SshSession } from "../connection/session";
import { becomeCommand, type Rights } from "./account";
import { Fields, fieldsIn, printable } from "./fields";
import { COMMAND, LOADER, loadable } from "./shell_text";

/** Runs commands on a host: an SshSession. Errors say "the host" if it has no name. */
export type Shell = Pick<SshSession, "exec"> & Partial<Pick<SshSession, "where">>;

/** A script for the host, and its input. */
export interface HostScript {
  /** Its text, without comments. It ends by putting `end`. */
  readonly text: string;
  /** Shell variables that are set for it. */
  readonly variables?: Readonly<Record<string, string>>;
  /** A second script, which the first one starts with `$loader`. */
  readonly next?: HostScript;
  /** Its standard input. */
  readonly data?: Buffer;
}

/** The result of a script that runs as another account: its fields, or why it did not run, in the host's own words. */
export type Answer = Fields | { readonly refused: string };

/** Runs a script as the account of the session. Rejects as SshSession.exec does, with SshNoShellError or SshCommandError. */
export async function runScript(session: Shell, script: HostScript, options?: ExecOptions): Promise<Fields> {
  const nonce = randomBytes(16).toString("hex");
  return parseAnswer(session, await session.exec(COMMAND, stdinFor(nonce, script), options), nonce);
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
  const become = becomeCommand(rights, user, LOADER);
  if (become === undefined) return runScript(session, script, options);
  const nonce = randomBytes(16).toString("hex");
  const stdin = stdinFor(nonce, { text: `put shell\n${become}`, next: script });
  const result = await session.exec(COMMAND, stdin, options);
  const fields = fieldsIn(result.stdoutBytes, nonce);
  if (fields.length === 1 && result.code !== 0) return { refused: printable(result.stderr) || `status ${result.code}` };
  return parseAnswer(session, result, nonce);
}

function stdinFor(nonce: string, { text, variables = {}, next, data }: HostScript): Buffer {
  const rest = next ? stdinFor(nonce, next) : (data ?? Buffer.alloc(0));
  return Buffer.concat([Buffer.from(loadable(nonce, variables, text)), rest]);
}

function parseAnswer({ where }: Shell, result: ExecResult, nonce: string): Fields {
  const fields = fieldsIn(result.stdoutBytes, nonce);
  if (fields.length === 0) throw noShellError(where, result);
  if (fields.at(-1)?.name === "end") return new Fields(fields);
  throw new SshCommandError(
    `A script on ${where ?? "the host"} ended early, with status ${result.code}: ${printable(result.stderr) || "no error output"}.`,
  );
}

function noShellError(where: string | undefined, { code, stdout, stderr }: ExecResult): SshNoShellError {
  const output = printable(stdout) || printable(stderr);
  return new SshNoShellError(
    `${where ?? "The host"} accepted the login and ran no command (status ${code}${output ? `; its output: ${output}` : ""}). The user's ` +
      "shell may be nologin or a restricted one, or the key's line in authorized_keys may have a forced command, or sshd_config " +
      "a ForceCommand for the user, such as internal-sftp. Log in " +
      "as a user, or with a key, that may run /bin/sh.",
  );
}
