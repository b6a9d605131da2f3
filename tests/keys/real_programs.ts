import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Program = "ssh" | "ssh-keygen" | "openssl" | "puttygen" | "plink";

/** A directory of mode 0700 that is removed when `use` returns. */
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

/** What the program prints; OpenSSH's ask an askpass program, so that no passphrase is an argument. */
export function run(program: Program, args: readonly string[], passphrase = "", variables = {}): string {
  return inDirectory((directory) => {
    const askpass = join(directory, "askpass");
    writeFileSync(askpass, '#!/bin/sh\nprintf "%s\\n" "$KEY_PASSPHRASE"\n');
    chmodSync(askpass, 0o700);
    const asked = { KEY_PASSPHRASE: passphrase, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: "force" };
    const env = { ...process.env, ...asked, ...variables };
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

/** The SubjectPublicKeyInfo that OpenSSL writes after reading one. */
export function opensslPublicFromPublic(publicPem: string): string {
  return inFile(publicPem, (path) => run("openssl", ["pkey", "-pubin", "-in", path, "-pubout"]));
}

/** The public key line that ssh-keygen makes of a SubjectPublicKeyInfo. */
export function sshKeygenFromPem(publicPem: string): string {
  return inFile(publicPem, (path) => run("ssh-keygen", ["-i", "-m", "PKCS8", "-f", path]));
}

/** The public key line, with the comment, that puttygen derives from a private key in any format that it knows. */
export function puttygenPublic(privateKey: string, passphrase?: string): string {
  return puttygen(privateKey, "public-openssh", passphrase);
}

/** A private key in the PEM format that puttygen writes for OpenSSH. */
export function puttygenOpenssh(privateKey: string): string {
  return puttygen(privateKey, "private-openssh");
}

/** puttygen reads passphrases from files only (an empty file for none), and does not write to a pipe. */
function puttygen(privateKey: string, format: string, passphrase = ""): string {
  return inDirectory((directory) => {
    const [from, secret, to] = [join(directory, "from"), join(directory, "secret"), join(directory, "to")];
    writeFileSync(from, privateKey, { mode: 0o600 });
    writeFileSync(secret, `${passphrase}\n`, { mode: 0o600 });
    run("puttygen", [from, "-O", format, `--old-passphrase=${secret}`, "--new-passphrase=/dev/null", "-o", to]);
    return readFileSync(to, "utf8").trim();
  });
}

/** A fingerprint as `ssh-keygen -l` prints it for a public key line. */
export function sshKeygenFingerprint(line: string, hash: "md5" | "sha256"): string {
  return inFile(`${line}\n`, (path) => run("ssh-keygen", ["-l", "-E", hash, "-f", path])).split(" ")[1] ?? "";
}

/** `test`, or a skipped test whose title says which program is missing. */
export function testWith(program: Program, title: string, body: () => unknown, timeoutMs = 240_000): void {
  const run = async () => void (await body());
  if (isInstalled(program)) test(title, run, timeoutMs);
  else test.skip(`${title} (skipped: ${program} is not on PATH)`, run);
}

/** Whether a program is on PATH. */
export function isInstalled(program: Program): boolean {
  return spawnSync(program, ["--version"]).error === undefined;
}

/** Whether OpenSSL can still write the ciphers of keys from the nineties. */
export function hasLegacyOpenssl(): boolean {
  return spawnSync("openssl", ["list", "-providers", "-provider", "legacy"]).status === 0;
}

/** The public key line that ssh-keygen derives from each of many private keys; empty for one that it refuses. */
export function readByKeygen(privateKeys: readonly string[], passphrase: string): string[] {
  return keygenForEach("-y", privateKeys, passphrase);
}

/** What `ssh-keygen -l` prints about each of many public key files; empty for one that it refuses. */
export function shownByKeygen(publicKeys: readonly string[]): string[] {
  return keygenForEach("-l", publicKeys);
}

function keygenForEach(option: "-y" | "-l", texts: readonly string[], passphrase = ""): string[] {
  return inDirectory((directory) => {
    for (const [at, text] of texts.entries())
      writeFileSync(join(directory, String(at)), text, { mode: 0o600, encoding: option === "-y" ? "latin1" : "utf8" });
    const askpass = join(directory, "askpass");
    writeFileSync(askpass, '#!/bin/sh\nprintf "%s\\n" "$KEY_PASSPHRASE"\n', { mode: 0o700 });
    const env = { ...process.env, KEY_PASSPHRASE: passphrase, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: "force" };
    // A refused key has an empty line.
    const each = `for at in $(seq 0 ${texts.length - 1}); do echo "$(ssh-keygen ${option} -f $at 2>/dev/null)"; done`;
    const options = { env, cwd: directory, encoding: "utf8", maxBuffer: 2 ** 28 } as const;
    return execFileSync("sh", ["-c", each], options).split("\n").slice(0, texts.length);
  });
}
