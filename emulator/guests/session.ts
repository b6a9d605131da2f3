/** Sessions of a logged-in client: one command or one shell each, run by /bin/sh. */
import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";
import type { ServerChannel, Session } from "ssh2";
import type { Login } from "./authenticator";
import type { Command, Confinement } from "./confinement";

/** Variables that a client may set, as Debian's sshd_config has it. */
const ACCEPTED = /^(LANG|LC_[A-Z]+)$/;

/** Serves exec and shell requests until the client closes the session. */
export function serveSession(session: Session, confinement: Confinement, login: () => Login): void {
  const environment: Record<string, string> = {};
  session.on("env", (accept, reject, { key, val }) => {
    if (!ACCEPTED.test(key)) return reject?.();
    environment[key] = val;
    accept?.();
  });
  // There is no terminal to give; a client that is refused one works line by line.
  session.on("pty", (_accept, reject) => reject?.());
  session.on("exec", (accept, _reject, { command }) =>
    serve(accept(), confinement, commandFor(login(), environment, command)),
  );
  session.on("shell", (accept) => serve(accept(), confinement, commandFor(login(), environment)));
}

function commandFor({ user, forcedCommand }: Login, environment: Record<string, string>, asked?: string): Command {
  const run = forcedCommand ?? asked;
  const original = forcedCommand !== undefined && asked !== undefined ? { SSH_ORIGINAL_COMMAND: asked } : {};
  return { user, shell: run === undefined ? ["-i"] : ["-c", run], environment: { ...environment, ...original } };
}

async function serve(channel: ServerChannel, confinement: Confinement, command: Command): Promise<void> {
  channel.on("error", () => undefined);
  try {
    connect(channel, await confinement.run(command));
  } catch (error) {
    channel.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    channel.exit(255);
    channel.end();
  }
}

function connect(channel: ServerChannel, child: ChildProcess): void {
  const { stdin, stdout, stderr } = child;
  // Whoever stops reading, or ends early, is noticed at the other end; it is nobody's error here.
  for (const stream of [stdin, stdout, stderr]) stream?.on("error", () => undefined);
  if (stdin) channel.pipe(stdin);
  stdout?.pipe(channel, { end: false });
  stderr?.pipe(channel.stderr, { end: false });
  channel.once("close", () => stdin?.end());
  child.once("error", () => finish(channel, 127, null));
  child.once("close", (code, signal) => finish(channel, code, signal));
}

function finish(channel: ServerChannel, code: number | null, signal: NodeJS.Signals | null): void {
  if (channel.destroyed) return;
  if (signal) channel.exit(signal.replace(/^SIG/, ""));
  // A shell reports a signal as 128 and its number; so does this for a process that vanished without either.
  else channel.exit(code ?? 128 + constants.signals.SIGKILL);
  channel.end();
}
