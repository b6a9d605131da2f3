/** Logins by the programs that people use, with a private key in a file. */
import type { SshTarget } from "../../provider/ssh/connection/target";
import { inDirectory, inFile, run } from "./real_programs";

/** A server, and the key that it has to show: `type base64`. */
export interface Server {
  readonly target: SshTarget;
  readonly hostKey: string;
}

/** What a command prints to the real OpenSSH client. The passphrase comes from an askpass program. */
export function printedToSsh({ target, hostKey }: Server, privateKey: string, passphrase: string | undefined): string {
  const options = [
    "IdentitiesOnly=yes",
    "PreferredAuthentications=publickey",
    "StrictHostKeyChecking=yes",
    "UserKnownHostsFile=/dev/null",
    `KnownHostsCommand=/bin/echo [${target.host}]:${target.port} ${hostKey}`,
    "LogLevel=ERROR",
  ].flatMap((option) => ["-o", option]);
  const where = ["-p", String(target.port), `${target.user}@${target.host}`, "echo in"];
  return inFile(privateKey, (path) => run("ssh", ["-F", "none", "-i", path, ...options, ...where], passphrase));
}

/** What a command prints to PuTTY's plink, which reads its own format only. */
export function printedToPlink({ target, hostKey }: Server, privateKey: string): string {
  const [, base64 = ""] = hostKey.split(" ");
  const where = ["-hostkey", base64, "-P", String(target.port), `${target.user}@${target.host}`, "echo in"];
  // With its own home directory it writes nothing to the home of the user who runs the tests.
  return inDirectory((home) =>
    inFile(privateKey, (path) =>
      run("plink", ["-batch", "-ssh", "-noagent", "-no-trivial-auth", "-i", path, ...where], "", { HOME: home }),
    ),
  );
}
