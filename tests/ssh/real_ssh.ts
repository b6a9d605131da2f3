/** The real OpenSSH client. */
import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** The result of a run of `ssh`. */
export interface SshRun {
  readonly output: string;
  readonly errors: string;
  /** 255 without a login; otherwise the command's. */
  readonly status: number | null;
}

/**
 * Runs `ssh` with a private key. The key goes through stdin into an agent for this one login, and never into a file or
 * a command line. Nothing prompts.
 *
 * @param passphrase decrypts the private key; without it an encrypted one cannot be used
 */
export async function ssh(privateKey: string, args: readonly string[], passphrase?: string): Promise<SshRun> {
  const line = ["ssh", "-o", "BatchMode=yes", "-o", "LogLevel=ERROR", ...args];
  const inAgent = ["sh", "-c", 'ssh-add -q - && exec "$@" </dev/null', "sh", ...line];
  // Not synchronous: the guest runs in this process.
  const child = spawn("ssh-agent", inAgent, { timeout: 30_000, env: { ...process.env, ...askPass(passphrase) } });
  child.stdin.end(`${privateKey.trimEnd()}\n`);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [output, errors, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { output: output.trim(), errors, status };
}

/** The arguments of a command line of `ssh`, as a shell reads it. */
export function wordsOf(command: unknown): string[] {
  const line = String(command).replace(/^ssh /, "printf '%s\\0' ");
  return execFileSync("sh", ["-c", line], { encoding: "utf8" }).split("\0").slice(0, -1);
}

/** The source of the passphrase for `ssh-add`: none, or a script that reads it from the environment. */
function askPass(passphrase: string | undefined): Record<string, string> {
  if (passphrase === undefined) return { SSH_ASKPASS: "", SSH_ASKPASS_REQUIRE: "never" };
  const script = join(__dirname, "ask_passphrase.sh");
  return { SSH_ASKPASS: script, SSH_ASKPASS_REQUIRE: "force", TEST_PASSPHRASE: passphrase };
}

/** Options that make `ssh` trust only the hosts in this file. */
export function trustOnly(knownHostsFile: string): string[] {
  const options = [
    "StrictHostKeyChecking=yes",
    `UserKnownHostsFile=${knownHostsFile}`,
    "GlobalKnownHostsFile=/dev/null",
  ];
  return options.flatMap((option) => ["-o", option]);
}
