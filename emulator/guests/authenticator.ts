/** Decides on each authentication attempt of one connection, as sshd does with its default settings. */
import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type AuthContext, type Connection, type PublicKeyAuthContext, utils } from "ssh2";
import { type PublicKey, parseLoginKey } from "../../provider/keys/public_key";
import { type Grant, grantIn, typeInside } from "./authorized_keys";
import { authorizedKeysFiles, homeOf, type Place } from "./place";

/** Who is logged in, and with which restrictions. */
export interface Login extends Grant {
  readonly user: string;
}

const MAX_ATTEMPTS = 6;
const MAX_FILE_BYTES = 1024 ** 2;

/** The attempts of one connection. */
export class Authenticator {
  #login: Login = { user: "nobody", forcedCommand: "exit 1" };
  #failures = 0;

  constructor(
    readonly place: Place,
    readonly address: string,
  ) {}

  /** The successful login. Sessions open only after one. */
  readonly login = (): Login => this.#login;

  /** Accepts or rejects an attempt. Too many rejections end the connection. */
  async decide(context: AuthContext, connection: Connection): Promise<void> {
    const grant = context.method === "publickey" ? await this.#grant(context) : undefined;
    if (grant) {
      // Without a signature the client asks whether the key would be accepted. accept() answers that.
      this.#login = { user: context.username, ...grant };
      context.accept();
      return;
    }
    // sshd does not count "none", with which clients ask for the methods.
    if (context.method !== "none") this.#failures += 1;
    if (this.#failures >= MAX_ATTEMPTS) connection.end();
    else context.reject(["publickey"]);
  }

  async #grant(context: PublicKeyAuthContext): Promise<Grant | undefined> {
    const key = offeredKey(context);
    if (!key || ![this.place.user, "root"].includes(context.username)) return undefined;
    const grant = await this.#grantInFiles(context.username, key);
    return grant && (context.signature === undefined || isProven(context)) ? grant : undefined;
  }

  /** Reads the files at each attempt, so that the next connection sees an edit. */
  async #grantInFiles(user: string, key: PublicKey): Promise<Grant | undefined> {
    const home = homeOf(this.place, user);
    for (const name of authorizedKeysFiles) {
      const text = await readStrictly(home, join(home, name), this.place.owner ?? process.getuid?.() ?? 0);
      const grant = grantIn(text, { key, address: this.address, at: Date.now() });
      if (grant) return grant;
    }
    return undefined;
  }
}

function offeredKey({ key }: PublicKeyAuthContext): PublicKey | undefined {
  try {
    return parseLoginKey(`${typeInside(key.data)} ${key.data.toString("base64")}`);
  } catch {
    return undefined;
  }
}

/** Checks the signature. RSA only with SHA-2: the signature algorithm `ssh-rsa` means SHA-1. */
function isProven({ key, blob, signature, hashAlgo }: PublicKeyAuthContext): boolean {
  const parsed = utils.parseKey(key.data);
  if (parsed instanceof Error || !blob || !signature) return false;
  if (key.algo === "ssh-rsa" && hashAlgo === undefined) return false;
  return parsed.verify(blob, signature, hashAlgo) === true;
}

/** The text of a file; empty when the file or one of its directories has another owner or is writable by others. */
async function readStrictly(home: string, path: string, owner: number): Promise<string> {
  try {
    for (const part of [home, dirname(path), path]) {
      const { uid, mode } = await stat(part);
      if (![0, owner].includes(uid) || (mode & 0o022) !== 0) return "";
    }
    const { size } = await stat(path);
    return size > MAX_FILE_BYTES ? "" : await readFile(path, "latin1");
  } catch {
    return "";
  }
}
