/**
 * User data as cloud-init reads it.
 *
 * Texts are in latin1 here: each character is one byte, so that any bytes of a program are passed on unchanged.
 */
import { gunzipSync } from "node:zlib";
import { load } from "js-yaml";

/** The content of user data in base64. */
export interface UserDataText {
  readonly text: string;
  /** Whether it was compressed as a whole. cloud-init decompresses it before it reads anything. */
  readonly isGzip: boolean;
}

/** The most that compressed user data may decompress to, in bytes. */
const MAX_CONTENT_BYTES = 16 * 1024 * 1024;

/** Decodes base64 and decompresses gzip. Data that only begins like gzip stays as it is. */
export function unpackUserData(sent: string): UserDataText {
  const bytes = Buffer.from(sent, "base64");
  const content = inflate(bytes);
  return { text: (content ?? bytes).toString("latin1"), isGzip: content !== undefined };
}

function inflate(bytes: Buffer): Buffer | undefined {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return undefined;
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_CONTENT_BYTES });
  } catch {
    return undefined;
  }
}

/** How many characters cloud-init searches for the header that makes user data a message of several parts. */
const MIME_SEARCH_LENGTH = 4096;

/** Whether cloud-init reads it as MIME. It looks for a header near the beginning, not at the beginning. */
export function isMime(text: string): boolean {
  return text.slice(0, MIME_SEARCH_LENGTH).toLowerCase().includes("mime-version:");
}

/** Beginnings of the texts that cloud-init understands, in lower case. */
const beginnings = [
  "#!",
  "#cloud-config", // and -archive, and -jsonp
  "#include", // and -once
  "#part-handler",
  "#cloud-boothook",
  "#upstart-job",
  "## template: jinja",
];

/** Whether cloud-init understands it. Texts for other agents, such as Ignition and cloudbase-init, begin otherwise. */
export function isForCloudInit(text: string): boolean {
  const start = text.slice(0, 64).toLowerCase();
  return isMime(text) || beginnings.some((beginning) => start.startsWith(beginning));
}

/** Whether it sets host keys through cloud-init. If in doubt (templates, patches, archives that name them): yes. */
export function setsHostKeys(text: string): boolean {
  if (isMime(text)) return leavesOf(text).some(({ type, content }) => namesHostKeys(content, type));
  return namesHostKeys(text, undefined);
}

function namesHostKeys(text: string, type: string | undefined): boolean {
  if (!/\bssh_keys\b/.test(text) || text.startsWith("#!")) return false;
  if (/^(## template|#cloud-config-)/i.test(text)) return true;
  return (type === "text/cloud-config" || /^#cloud-config/i.test(text)) && hasHostKeys(text);
}

function hasHostKeys(config: string): boolean {
  try {
    const read = load(config);
    return typeof read === "object" && read !== null && "ssh_keys" in read;
  } catch {
    return true;
  }
}

/** A part of a message that contains no other parts. */
interface Leaf {
  readonly type: string | undefined;
  readonly content: string;
}

/** The parts of a message that have content (RFC 2046, section 5.1). */
function leavesOf(entity: string): Leaf[] {
  const [, head = "", body = ""] = /^(.*?)(?:\r?\n){2}(.*)$/s.exec(`\n${entity}`) ?? [];
  const headers = head.replace(/\r?\n[ \t]+/g, " ");
  const header = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, "im").exec(headers)?.[1]?.trim();
  const type = header("content-type");
  const boundary = /boundary="?([^";]+)"?/i.exec(type ?? "")?.[1];
  if (boundary !== undefined && /^multipart\//i.test(type ?? "")) return partsOf(body, boundary).flatMap(leavesOf);
  const content = decode(type === undefined ? entity : body, header("content-transfer-encoding"));
  return [{ type: type?.split(";")[0]?.trim().toLowerCase(), content: decompress(content) }];
}

function partsOf(body: string, boundary: string): string[] {
  const pieces = `\n${body}`.split(`\n--${boundary}`).slice(1);
  const end = pieces.findIndex((piece) => piece.startsWith("--"));
  return (end < 0 ? pieces : pieces.slice(0, end)).map((piece) => piece.replace(/^[ \t]*\r?\n/, ""));
}

function decode(content: string, encoding: string | undefined): string {
  if (encoding?.toLowerCase() === "base64") return Buffer.from(content, "base64").toString("latin1");
  if (encoding?.toLowerCase() !== "quoted-printable") return content;
  const joined = content.replace(/=[ \t]*\r?\n/g, "");
  return joined.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function decompress(content: string): string {
  const bytes = Buffer.from(content, "latin1");
  return (inflate(bytes) ?? bytes).toString("latin1");
}
