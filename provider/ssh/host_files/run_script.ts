import { randomBytes } from "node:crypto";
import { SshCommandError, SshNoShellError } from "../../errors";
import type { ExecOptions, ExecResult } from "../connection/exec";
import type { SshSession } from "../connection/session";
import { becoming, type Rights } from "./account";
import { Fields, fieldsIn, printable } from "./fields";
import { COMMAND, LOADER, loaded } from "./shell_text";

/** What runs commands on a host: an SshSession. Errors say "the host" where it has no name. */
export type Shell = Pick<SshSession, "exec"> & Partial<Pick<SshSession, "where">>;

/** A script for the host, and what it works on. */
export interface HostScript {
  /** Its text, without comments. It ends by putting `end`. */
  readonly text: string;
  /** What it finds set. */
  readonly variables?: Readonly<Record<string, string>>;
  /** A second script, which the first one starts with `$loader`. */
  readonly next?: HostScript;
  /** What it finds on standard input. */
  readonly data?: Buffer;
}

/** What came of running a script as another account: what it put, or why it never ran, in the host's own words. */
export type Answer = Fields | { readonly refused: string };

/** Runs a script as the account of the session. Rejects as SshSession.exec does, with SshNoShellError or SshCommandError. */
export async function runScript(session: Shell, script: HostScript, options?: ExecOptions): Promise<Fields> {
  const nonce = randomBytes(16).toString("hex");
  return parseAnswer(session, await session.exec(COMMAND, stdinFor(nonce, script), options), nonce);
}

/**
 * Runs a script as an account, or where nothing makes the session that account, as the session's own. Rejects as
 * runScript does.
 */
export async function runScriptAs(
  session: Shell,
  rights: Rights,
  user: string,
  script: HostScript,
  options?: ExecOptions,
): Promise<Answer> {
  const become = becoming(rights, user, LOADER);
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
  return Buffer.concat([Buffer.from(loaded(nonce, variables, text)), rest]);
}

function parseAnswer({ where }: Shell, result: ExecResult, nonce: string): Fields {
  const fields = fieldsIn(result.stdoutBytes, nonce);
  if (fields.length === 0) throw noShellError(where, result);
  if (fields.at(-1)?.name === "end") return new Fields(fields);
  throw new SshCommandError(
    `A script on ${where ?? "the host"} ended early, with status ${result.code}: ${printable(result.stderr) || "it said nothing"}.`,
  );
}

function noShellError(where: string | undefined, { code, stdout, stderr }: ExecResult): SshNoShellError {
  const said = printable(stdout) || printable(stderr);
  return new SshNoShellError(
    `${where ?? "The host"} let the login in and ran no command for it (status ${code}${said ? `; it said: ${said}` : ""}). The user's ` +
      "shell may be nologin or a restricted one, or the key's line in authorized_keys may have a forced command. Log in " +
      "as a user, or with a key, that may run /bin/sh.",
  );
}
