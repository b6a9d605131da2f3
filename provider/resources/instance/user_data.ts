/** User data: what a program writes, what is sent, and what was found. */
import type { Log } from "../contract/resource";

/** The most that the API takes, in characters of base64 (API operations create-instance and update-instance). */
export const longestUserData = 32_768;

/** How texts begin that a first-boot agent reads, in small letters and without blanks before them. */
const beginnings = [
  "#", // cloud-init: #cloud-config, #!, #include, #cloud-boothook, ## template: jinja; cloudbase-init: #ps1
  "content-type:", // MIME, of several parts
  "mime-version:",
  "{", // Ignition, and cloud-config as JSON
  "<", // cloudbase-init: <powershell>, <script>
  "rem cmd", // cloudbase-init
  "version:", // Talos
  "---", // YAML of several documents, such as Talos's
];

/** First bytes of gzip (RFC 1952), which cloud-init unpacks. */
const gzip = [0x1f, 0x8b];

/**
 * User data as the API has it: base64.
 *
 * A text is sent as it is (without its line breaks) if it is base64 already: if it decodes to something that a
 * first-boot agent knows, and is the very text that encoding this again gives. Everything else is encoded. What such an
 * agent reads as plain text is never taken for base64: it begins with, or soon has, a character that base64 does not
 * have (`#`, `:`, `{`, `<`, `-`, a blank). Base64 of something else is taken for text, see `warnIfEncodedTwice`.
 */
export function encodeUserData(text: string): string {
  const compact = text.replace(/\s+/g, "");
  return isBase64(compact) && isKnownToAgents(Buffer.from(compact, "base64"))
    ? compact
    : Buffer.from(text).toString("base64");
}

function isBase64(text: string): boolean {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) && Buffer.from(text, "base64").toString("base64") === text;
}

/** Characters of base64 below which a text may well be a word. */
const leastSuspicious = 24;

/** Warns of user data that is base64 by its looks and yet encoded once more, when it is new. */
export function warnIfEncodedTwice(
  { name, userData }: { readonly name: string; readonly userData?: string | undefined },
  last: string | undefined,
  log: Log,
): void {
  if (userData === undefined || userData === last) return;
  // Blanks are of a text; line breaks are of base64 as well.
  const compact = userData.replace(/[\r\n]+/g, "");
  if (compact.length < leastSuspicious || !isBase64(compact) || encodeUserData(userData) === compact) return;
  log.warn(
    `userData of instance "${name}" is base64 of nothing that a first-boot agent is known to read, so it is taken for ` +
      "text and encoded once more: the machine gets the base64 itself. If it shall get what is in it, give that as text, " +
      "or base64 of gzip of it.",
  );
}

function isKnownToAgents(content: Buffer): boolean {
  if (gzip.every((byte, index) => content[index] === byte)) return true;
  const start = content
    .subarray(0, 64)
    .toString("latin1")
    .replace(/^\xef\xbb\xbf/, "") // a byte order mark
    .trimStart()
    .toLowerCase();
  return beginnings.some((beginning) => start.startsWith(beginning));
}

/**
 * How a program would write what the API has: as `last`, if that is sent as this; else as text; else, where it is no
 * text in UTF-8, in base64.
 */
export function decodeUserData(encoded: string, last: string): string {
  if (encodeUserData(last) === encoded) return last;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(encoded, "base64"));
  } catch {
    return encoded;
  }
}
