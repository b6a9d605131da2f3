import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parsePrivateKey } from "../../provider/keys/private_key";

/** A folder for private key files, as a user's machine has one. */
export class KeyFolder {
  readonly #folder = mkdtempSync(join(tmpdir(), "key-files-"));

  path(name: string): string {
    return join(this.#folder, name);
  }

  names(): string[] {
    return readdirSync(this.#folder).sort();
  }

  text(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  mode(name: string): string {
    return (statSync(this.path(name)).mode & 0o777).toString(8);
  }

  write(name: string, text: string): void {
    writeFileSync(this.path(name), text, { mode: 0o600 });
  }

  lose(name: string): void {
    unlinkSync(this.path(name));
  }

  /** Fingerprint and comment of the key in a file. */
  async key(name: string, passphrase?: string): Promise<{ md5: string; comment: string }> {
    const { fingerprintMd5: md5, comment } = (await parsePrivateKey(this.text(name), passphrase)).publicKey();
    return { md5, comment };
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
