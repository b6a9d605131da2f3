import { ssh, wordsOf } from "../ssh/real_ssh";

/** A login: the key and the target, as Pulumi's outputs give them. */
export interface Login {
  readonly privateKey: unknown;
  /** Decrypts the private key; required for an encrypted one. */
  readonly passphrase?: string;
  /** `ssh -p 2222 debian@127.10.0.1`, the output `sshCommand`. */
  readonly sshCommand: unknown;
  /** The output `knownHosts`; without it any host key is accepted. */
  readonly knownHosts?: unknown;
}

/**
 * Runs a command on a guest with the real OpenSSH client.
 *
 * @returns what the command printed; undefined when the login is refused
 */
export async function logIn(
  { privateKey, passphrase, sshCommand, knownHosts }: Login,
  command: string,
): Promise<string | undefined> {
  const args = ["-F", "none", ...hostKeyOptions(knownHosts), ...wordsOf(sshCommand), command];
  const { output, errors, status } = await ssh(String(privateKey), args, passphrase);
  if (status === 0) return output;
  if (errors.includes("Permission denied")) return undefined;
  throw new Error(`ssh ended with ${status}: ${errors}`);
}

function hostKeyOptions(knownHosts: unknown): string[] {
  const options = ["UserKnownHostsFile=/dev/null"];
  const lines = String(knownHosts).trim();
  const checking =
    knownHosts === undefined
      ? ["StrictHostKeyChecking=no"]
      : ["StrictHostKeyChecking=yes", `KnownHostsCommand=/bin/echo ${lines}`];
  return [...options, ...checking].flatMap((option) => ["-o", option]);
}
