import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Program = "ssh-keygen" | "openssl" | "puttygen";

/** A directory of mode 0700 that is gone when `use` returns. */
export function inDirectory<T>(use: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), "keys-"));
  try {
    return use(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** A file that only we may read, for programs that take keys from files. */
export function inFile<T>(text: string, use: (path: string) => T): T {
  return inDirectory((directory) => {
    const path = join(directory, "key");
    writeFileSync(path, text, { mode: 0o600 });
    return use(path);
  });
}

/** What the program prints; ssh-keygen asks an askpass program, so that no passphrase is an argument. */
export function run(program: Program, args: readonly string[], passphrase = ""): string {
  return inDirectory((directory) => {
    const askpass = join(directory, "askpass");
    writeFileSync(askpass, '#!/bin/sh\nprintf "%s\\n" "$KEY_PASSPHRASE"\n');
    chmodSync(askpass, 0o700);
    const env = { ...process.env, KEY_PASSPHRASE: passphrase, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: "force" };
    return execFileSync(program, args, { env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  });
}

/** The public key line, with the comment, that ssh-keygen derives from a private key. */
export function sshKeygenPublic(privateKey: string, passphrase?: string): string {
  return inFile(privateKey, (path) => run("ssh-keygen", ["-y", "-f", path], passphrase));
}

/** The SubjectPublicKeyInfo that OpenSSL derives from a private key. */
export function opensslPublic(privateKey: string, passphrase?: string): string {
  const args = ["-pubout", "-passin", "env:KEY_PASSPHRASE"];
  return inFile(privateKey, (path) => run("openssl", ["pkey", "-in", path, ...args], passphrase));
}

/** A fingerprint as `ssh-keygen -l` prints it for a public key line. */
export function sshKeygenFingerprint(line: string, hash: "md5" | "sha256"): string {
  return inFile(`${line}\n`, (path) => run("ssh-keygen", ["-l", "-E", hash, "-f", path])).split(" ")[1] ?? "";
}

/** `test`, or a skipped test whose title says which program is missing. */
export function testWith(program: Program, title: string, body: () => unknown, timeoutMs = 60_000): void {
  const run = async () => void (await body());
  if (isInstalled(program)) test(title, run, timeoutMs);
  else test.skip(`${title} (skipped: ${program} is not on PATH)`, run);
}

function isInstalled(program: Program): boolean {
  return spawnSync(program, ["--version"]).error === undefined;
}

/** Whether OpenSSL can still write the ciphers of the nineties, for keys that old. */
export function hasLegacyOpenssl(): boolean {
  return spawnSync("openssl", ["list", "-providers", "-provider", "legacy"]).status === 0;
}
