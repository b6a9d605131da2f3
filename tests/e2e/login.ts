import { ssh } from "../ssh/real_ssh";

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
 * Runs a command on a guest with the real OpenSSH client.
 *
 * @returns what the command printed; undefined when the login is refused
 */
export async function logIn(
  { privateKey, passphrase, sshCommand, knownHosts }: Login,
  command: string,
): Promise<string | undefined> {
  const [, ...target] = String(sshCommand).split(" ");
  const args = ["-F", "none", ...hostKeyOptions(knownHosts), ...target, command];
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
