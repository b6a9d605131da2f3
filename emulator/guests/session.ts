/** Sessions after a login. Each runs one command or one shell with /bin/sh. */
import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";
import type { ServerChannel, Session } from "ssh2";
import type { Login } from "./authenticator";
import type { Command, Confinement } from "./confinement";
import { GuestTree } from "./guest_tree";
import type { Place } from "./place";
import { serveSftp } from "./sftp";

/** Variables that a client may set, as Debian's sshd_config has it. */
const ACCEPTED = /^(LANG|LC_[A-Z]+)$/;

/** Serves exec, shell and SFTP requests until the client closes the session. */
export function serveSession(session: Session, place: Place, confinement: Confinement, login: () => Login): void {
  const environment: Record<string, string> = {};
  session.on("env", (accept, reject, { key, val }) => {
    if (!ACCEPTED.test(key)) return reject?.();
    environment[key] = val;
    accept?.();
  });
  let isInteractive = false;
  session.on("pty", (_accept, reject) => {
    // There are no terminals. A client without one works line by line and expects a prompt.
    isInteractive = true;
    reject?.();
  });
  session.on("exec", (accept, _reject, { command }) =>
    serve(accept(), confinement, commandFor(login(), environment, ["-c", command])),
  );
  serveFileTransfer(session, place, confinement, login());
  session.on("shell", (accept) =>
    serve(accept(), confinement, commandFor(login(), environment, [isInteractive ? "-i" : "-s"])),
  );
}

/** SFTP, unless the key has a command of its own, which then runs in its place. */
function serveFileTransfer(session: Session, place: Place, confinement: Confinement, login: Login): void {
  if (login.forcedCommand === undefined) {
    session.on("sftp", (accept) => serveSftp(accept(), new GuestTree(place, login.user)));
    return;
  }
  session.on("subsystem", (accept, _reject, { name }) =>
    serve(accept(), confinement, commandFor(login, {}, ["-c", name])),
  );
}

function commandFor(login: Login, environment: Record<string, string>, asked: readonly string[]): Command {
  const { user, forcedCommand } = login;
  if (forcedCommand === undefined) return { user, shell: asked, environment };
  const [, original] = asked;
  const told = original === undefined ? {} : { SSH_ORIGINAL_COMMAND: original };
  return { user, shell: ["-c", forcedCommand], environment: { ...environment, ...told } };
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
  // Either side may close a stream early. That is no error of the emulator.
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
  // A shell reports a signal as 128 plus its number. A process without a status is reported as killed.
  else channel.exit(code ?? 128 + constants.signals.SIGKILL);
  channel.end();
}
