/** User data: as a program writes it, and as the API has it. */
import type { Log } from "../contract/resource";

/** The most that the API accepts, in characters of base64 (API operations create-instance and update-instance). */
export const MAX_USER_DATA_LENGTH = 32_768;

/** Beginnings of the texts that a first-boot agent reads, in lower case and without leading spaces. */
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
 * A text is sent as it is (without its line breaks) if it is base64 already: it decodes to something that a first-boot
 * agent knows, and encoding that gives the same text. Everything else is encoded. A plain text for such an agent never
 * counts as base64: it begins with, or soon has, a character that base64 does not have (`#`, `:`, `{`, `<`, `-`, a
 * space). Base64 of something else counts as text, see `warnIfEncodedTwice`.
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

/** Fewer characters of base64 may well be a word. */
const MIN_SUSPICIOUS_LENGTH = 24;

/** Warns of new user data that looks like base64 and is encoded again. */
export function warnIfEncodedTwice(
  { name, userData }: { readonly name: string; readonly userData?: string | undefined },
  last: string | undefined,
  log: Log,
): void {
  if (userData === undefined || userData === last) return;
  // Text has spaces; base64 may have line breaks.
  const compact = userData.replace(/[\r\n]+/g, "");
  if (compact.length < MIN_SUSPICIOUS_LENGTH || !isBase64(compact) || encodeUserData(userData) === compact) return;
  log.warn(
    `userData of instance "${name}" is base64 of something that no known first-boot agent reads, so it is encoded ` +
      "again, as text: the machine gets the base64 itself. If it should get the content instead, give that as text, " +
      "or as base64 of gzip.",
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
 * User data of the API as a program would write it: `last`, if that encodes to it; else its text; else, if it is not
 * UTF-8, base64.
 */
export function decodeUserData(encoded: string, last: string): string {
  if (encodeUserData(last) === encoded) return last;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(encoded, "base64"));
  } catch {
    return encoded;
  }
}
