/**
 * User data with a host key in it, and how it is found there again.
 *
 * The key stands in a cloud-config of its own: alone, or as the last part of a message whose first part is what the
 * program says. It is in no label and in no state: a later run finds it in the instance's user data.
 */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { encodePrivateKey } from "../../../keys/encode";
import { generatePrivateKey } from "../../../keys/generate";
import { encodeUserData } from "../user_data";
import { isMime, type UserDataText, unpackUserData } from "./cloud_init";

/** A host key that an instance has for its first contact alone. */
export interface InjectedKey {
  /** In OpenSSH's format. A secret until the host has a key of its own, worthless afterwards. */
  readonly privateKey: string;
  /** `type base64`. */
  readonly publicKey: string;
}

/** Makes one. */
export async function generateInjectedKey(): Promise<InjectedKey> {
  const key = await generatePrivateKey({ algorithm: "ed25519" });
  const { openssh } = await encodePrivateKey(key, { comment: "" });
  return { privateKey: openssh, publicKey: key.publicKey("").openssh.trim() };
}

/** The first two lines of our cloud-config. The third is JSON, which is YAML as well. */
const beginning = "#cloud-config\n# exoscale-ssh: a host key for the first contact, which the host replaces.\n";

// A part adds what is not there yet, so a host key of somebody else's wins, and the first contact notices.
const mergeHow = "dict(no_replace,recurse_dict)+list()+str()";

function ourConfig({ privateKey, publicKey }: InjectedKey): string {
  const keys = { ed25519_private: privateKey, ed25519_public: publicKey };
  return `${beginning}${JSON.stringify({ merge_how: mergeHow, ssh_keys: keys })}\n`;
}

/**
 * User data as the API takes it, base64, that makes a host show this key from its first boot on and does all that the
 * program's own says.
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
  // The same for the same text, so that a later run recognises what it finds.
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

/** The program's own. A message is a part as it is; of what is text/plain cloud-init finds out by itself what it is. */
function programPart(text: string): string {
  if (isMime(text)) return text;
  if (/^[\t\n\x20-\x7e]*$/.test(text)) return `Content-Type: text/plain; charset=us-ascii\n\n${text}`;
  const lines =
    Buffer.from(text, "latin1")
      .toString("base64")
      .match(/.{1,76}/g) ?? [];
  return `Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n${lines.join("\n")}`;
}

/** The key that stands in user data, which may be anybody's; undefined where there is none of ours. */
export function injectedKeyIn(sent: string | undefined): InjectedKey | undefined {
  if (sent === undefined) return undefined;
  const { line } = ourLine(unpackUserData(sent).text);
  return line === undefined ? undefined : keyIn(line);
}

/** Whether two are the same but for the key: both have one, or neither has. */
export function sameButForKey(found: string | undefined, wanted: string | undefined): boolean {
  if (found === undefined || wanted === undefined) return found === wanted;
  if (injectedKeyIn(found) === undefined || injectedKeyIn(wanted) === undefined) return found === wanted;
  // How gzip comes out is not the same everywhere.
  return ourLine(unpackUserData(found).text).rest === ourLine(unpackUserData(wanted).text).rest;
}

function ourLine(text: string): { line: string | undefined; rest: string } {
  const start = text.lastIndexOf(beginning);
  if (start < 0) return { line: undefined, rest: text };
  const from = start + beginning.length;
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

/** What is sent in its place once the key has done its work: Exoscale can replace user data, and not remove it. */
export function withoutInjectedKey(userData: string | undefined): string {
  return encodeUserData(userData ?? "#cloud-config\n{}");
}
