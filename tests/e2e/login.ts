import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** Who logs in where, and as Pulumi's outputs tell it. */
export interface Login {
  readonly privateKey: unknown;
  /** Decrypts the private key; without it an encrypted one cannot be used. */
  readonly passphrase?: string;
  /** `ssh -p 2222 debian@127.10.0.1`, the output `sshCommand`. */
  readonly sshCommand: unknown;
  /** The output `knownHosts`; without it any host key will do. */
  readonly knownHosts?: unknown;
}

/**
 * Runs a command on a guest with the real OpenSSH client. The private key goes through stdin into an agent that lives
 * for this one login: it touches no file and no command line.
 *
 * @returns what the command printed; undefined when the login is refused
 */
export async function logIn(
  { privateKey, passphrase, sshCommand, knownHosts }: Login,
  command: string,
): Promise<string | undefined> {
  const [, ...target] = String(sshCommand).split(" ");
  const ssh = ["ssh", "-F", "none", ...hostKeyOptions(knownHosts), ...target, command];
  const inAgent = ["sh", "-c", 'ssh-add -q - && exec "$@" </dev/null', "sh", ...ssh];
  // Not synchronous: the guest lives in this process.
  const child = spawn("ssh-agent", inAgent, { timeout: 30_000, env: { ...process.env, ...askPass(passphrase) } });
  child.stdin.end(`${String(privateKey).trimEnd()}\n`);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [output, errors, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (status === 0) return output.trim();
  if (errors.includes("Permission denied")) return undefined;
  throw new Error(`ssh ended with ${status}: ${errors}`);
}

/** Where `ssh-add` asks for the passphrase: nowhere, or a script that has it from the environment. */
function askPass(passphrase: string | undefined): Record<string, string> {
  if (passphrase === undefined) return { SSH_ASKPASS: "", SSH_ASKPASS_REQUIRE: "never" };
  const script = join(__dirname, "ask_passphrase.sh");
  return { SSH_ASKPASS: script, SSH_ASKPASS_REQUIRE: "force", TEST_PASSPHRASE: passphrase };
}

function hostKeyOptions(knownHosts: unknown): string[] {
  const options = ["BatchMode=yes", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR"];
  const lines = String(knownHosts).trim();
  const checking =
    knownHosts === undefined
      ? ["StrictHostKeyChecking=no"]
      : ["StrictHostKeyChecking=yes", `KnownHostsCommand=/bin/echo ${lines}`];
  return [...options, ...checking].flatMap((option) => ["-o", option]);
}
