/**
 * Puts a host key into user data, and finds it there again.
 *
 * The key has a cloud-config of its own: alone, or as the last part of a message whose first part is the user data of
 * the program. No label and no state has the key: a later run finds it in the instance's user data.
 */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { encodeOpenssh } from "../../../keys/encode";
import { generatePrivateKey } from "../../../keys/generate";
import { encodeUserData } from "../user_data";
import { isMime, type UserDataText, unpackUserData } from "./cloud_init";

/** A host key that an instance has for the first connection only. */
export interface InjectedKey {
  /** In OpenSSH's format. A secret until the host has a key of its own, worthless afterwards. */
  readonly privateKey: string;
  /** `type base64`. */
  readonly publicKey: string;
}

/** Generates a host key to inject. */
export async function generateInjectedKey(): Promise<InjectedKey> {
  const key = await generatePrivateKey({ algorithm: "ed25519" });
  const openssh = await encodeOpenssh(key, { comment: "" });
  return { privateKey: openssh, publicKey: key.publicKey("").openssh.trim() };
}

/** The first two lines of our cloud-config. The third is JSON, which is YAML as well. */
const CONFIG_BEGINNING = "#cloud-config\n# exoscale-ssh: a host key for the first contact, which the host replaces.\n";

// A part adds only what is not there yet. So a host key of another part wins, and the first connection notices that.
const MERGE_HOW = "dict(no_replace,recurse_dict)+list()+str()";

function ourConfig({ privateKey, publicKey }: InjectedKey): string {
  const keys = { ed25519_private: privateKey, ed25519_public: publicKey };
  return `${CONFIG_BEGINNING}${JSON.stringify({ merge_how: MERGE_HOW, ssh_keys: keys })}\n`;
}

/**
 * The user data of the program with a host key in it, in base64, as the API takes it. The host shows this key from its
 * first boot on.
 *
 * @param userData as the program writes it; undefined for none
 */
export function withInjectedKey(userData: string | undefined, key: InjectedKey): string {
  const own = userData === undefined ? undefined : unpackUserData(encodeUserData(userData));
  const text = own === undefined ? ourConfig(key) : inTwoParts(own, key);
  const bytes = Buffer.from(text, "latin1");
  return (own?.isGzip ? gzipSync(bytes, { level: 9 }) : bytes).toString("base64");
}

function inTwoParts({ text }: UserDataText, key: InjectedKey): string {
  // The same text always gets the same boundary, so that a later run recognises it.
  const boundary = `exoscale-ssh-${createHash("sha256").update(text, "latin1").digest("hex").slice(0, 32)}`;
  return [
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    "MIME-Version: 1.0",
    "",
    `--${boundary}`,
    programPart(text),
    `--${boundary}`,
    "Content-Type: text/cloud-config",
    "",
    ourConfig(key),
    `--${boundary}--`,
    "",
  ].join("\n");
}

/** The user data of the program as a part. A MIME message already is one. cloud-init detects the type of text/plain. */
function programPart(text: string): string {
  if (isMime(text)) return text;
  if (/^[\t\n\x20-\x7e]*$/.test(text)) return `Content-Type: text/plain; charset=us-ascii\n\n${text}`;
  const lines =
    Buffer.from(text, "latin1")
      .toString("base64")
      .match(/.{1,76}/g) ?? [];
  return `Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n${lines.join("\n")}`;
}

/** The injected key in user data, which may come from anybody; undefined if there is none. */
export function injectedKeyIn(sent: string | undefined): InjectedKey | undefined {
  if (sent === undefined) return undefined;
  const { line } = ourLine(unpackUserData(sent).text);
  return line === undefined ? undefined : keyIn(line);
}

/** Whether two are the same except for the injected key: both have one, or neither has. */
export function sameButForKey(found: string | undefined, wanted: string | undefined): boolean {
  if (found === undefined || wanted === undefined) return found === wanted;
  if (injectedKeyIn(found) === undefined || injectedKeyIn(wanted) === undefined) return found === wanted;
  // The output of gzip depends on the version of zlib.
  return ourLine(unpackUserData(found).text).rest === ourLine(unpackUserData(wanted).text).rest;
}

function ourLine(text: string): { line: string | undefined; rest: string } {
  const start = text.lastIndexOf(CONFIG_BEGINNING);
  if (start < 0) return { line: undefined, rest: text };
  const from = start + CONFIG_BEGINNING.length;
  const end = text.indexOf("\n", from);
  return { line: text.slice(from, end), rest: text.slice(0, from) + text.slice(end) };
}

function keyIn(line: string): InjectedKey | undefined {
  try {
    const { ssh_keys: keys } = JSON.parse(line);
    const { ed25519_private: privateKey, ed25519_public: publicKey } = keys;
    return typeof privateKey === "string" && typeof publicKey === "string" ? { privateKey, publicKey } : undefined;
  } catch {
    return undefined;
  }
}

/** The user data that replaces it after the first connection: Exoscale can replace user data, but not remove it. */
export function withoutInjectedKey(userData: string | undefined): string {
  return encodeUserData(userData ?? "#cloud-config\n{}");
}
