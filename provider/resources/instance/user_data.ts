/** User data: what a program writes, what is sent, and what was found. */

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
];

/** First bytes of gzip (RFC 1952), which cloud-init unpacks. */
const gzip = [0x1f, 0x8b];

/**
 * User data as the API has it: base64.
 *
 * A text is sent as it is (without its line breaks) if it is base64 already: if it decodes to something that a
 * first-boot agent knows, and is the very text that encoding this again gives. Everything else is encoded. No text can
 * be meant both ways: whatever such an agent reads as plain text begins with, or soon has, a character that base64 does
 * not have (`#`, `:`, `{`, `<`, a blank).
 */
export function sentUserData(text: string): string {
  const compact = text.replace(/\s+/g, "");
  return isEncoded(compact) ? compact : Buffer.from(text).toString("base64");
}

function isEncoded(text: string): boolean {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return false;
  const content = Buffer.from(text, "base64");
  return content.toString("base64") === text && isKnownToAgents(content);
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
export function userDataAsFound(encoded: string, last: string): string {
  if (sentUserData(last) === encoded) return last;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(encoded, "base64"));
  } catch {
    return encoded;
  }
}
