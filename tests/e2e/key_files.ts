import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A public key and its fingerprints. */
export interface PublicKey {
  /** The line of the .pub file, without the line break. */
  readonly line: string;
  /** As `ssh-keygen -l` shows it. */
  readonly sha256: string;
  /** As Exoscale shows it: without `MD5:`. */
  readonly md5: string;
}

/** The public key of the key pair in a file. If there is no file, `ssh-keygen` makes one. */
export async function publicKeyOf(file: string): Promise<PublicKey> {
  if (!existsSync(file)) await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "alice@laptop", "-f", file]);
  return {
    line: readFileSync(`${file}.pub`, "utf8").trim(),
    sha256: await fingerprintOf(file),
    md5: (await fingerprintOf(file, "md5")).replace("MD5:", ""),
  };
}

/** The fingerprint of a private or public key in a file, as `ssh-keygen -l` shows it: `SHA256:...` or `MD5:...`. */
export async function fingerprintOf(file: string, hash: "sha256" | "md5" = "sha256"): Promise<string> {
  // "256 SHA256:... alice@laptop (ED25519)"
  const { stdout } = await run("ssh-keygen", ["-l", "-E", hash, "-f", file]);
  return stdout.split(" ")[1] ?? "";
}
