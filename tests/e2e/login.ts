import { spawnSync } from "node:child_process";

/** Who logs in where, and as Pulumi's outputs tell it. */
export interface Login {
  readonly privateKey: unknown;
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
export function logIn({ privateKey, sshCommand, knownHosts }: Login, command: string): string | undefined {
  const [, ...target] = String(sshCommand).split(" ");
  const hosts =
    knownHosts === undefined ? [] : ["-o", `KnownHostsCommand=/usr/bin/printf %s\\n "${String(knownHosts).trim()}"`];
  const checking = knownHosts === undefined ? "no" : "yes";
  const options = [
    "BatchMode=yes",
    "UserKnownHostsFile=/dev/null",
    "LogLevel=ERROR",
    `StrictHostKeyChecking=${checking}`,
  ];
  const ssh = ["ssh", "-F", "none", ...options.flatMap((option) => ["-o", option]), ...hosts, ...target, command];
  const { status, stdout, stderr } = spawnSync(
    "ssh-agent",
    ["sh", "-c", 'ssh-add -q - && exec "$@" </dev/null', "sh", ...ssh],
    {
      input: `${String(privateKey).trimEnd()}\n`,
      encoding: "utf8",
      timeout: 30_000,
    },
  );
  if (status === 0) return stdout.trim();
  if (stderr.includes("Permission denied")) return undefined;
  throw new Error(`ssh ended with ${status}: ${stderr}`);
}
