/** Reads an authorized_keys file as sshd does, to decide on one offered key. */
import { type PublicKey, parseLoginKey, sameKey } from "../../provider/keys/public_key";
import { allows, type LineOptions, parseOptions } from "./key_options";

/** What a matching line grants. */
export interface Grant {
  /** The command that replaces the client's command. */
  readonly forcedCommand: string | undefined;
}

/** A login attempt. */
export interface Attempt {
  readonly key: PublicKey;
  readonly address: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The grant of the first line that names the key and allows the attempt; undefined when none does. */
export function grantIn(text: string, attempt: Attempt): Grant | undefined {
  for (const line of text.split("\n")) {
    const entry = parseLine(line);
    if (entry && sameKey(entry.key, attempt.key) && allows(entry.options, attempt)) {
      return { forcedCommand: entry.options.command };
    }
  }
  return undefined;
}

interface Line {
  readonly key: PublicKey;
  readonly options: LineOptions;
}

/** A line's key and options; undefined for a comment and for a line that sshd would not accept. */
function parseLine(line: string): Line | undefined {
  const text = line.replace(/^[ \t]+|[\r \t]+$/g, "");
  if (text === "" || text.startsWith("#")) return undefined;
  const bare = parseKey(text);
  if (bare) return { key: bare, options: {} };
  const end = endOfOptions(text);
  const key = parseKey(text.slice(end).replace(/^[ \t]+/, ""));
  const options = key && parseOptions(text.slice(0, end));
  return key && options && { key, options };
}

/** Options end at the first blank outside quotes; `\"` does not end a quote. */
function endOfOptions(text: string): number {
  const match = /^(?:"(?:\\"|[^"])*"|[^ \t"])+/.exec(text);
  return match ? match[0].length : text.length;
}

function parseKey(text: string): PublicKey | undefined {
  const [type = "", base64 = ""] = text.split(/[ \t]+/);
  const named = typeInside(Buffer.from(base64, "base64"));
  // sshd also accepts the names of RSA's signature algorithms as the type.
  const isNamed = type === named || (named === "ssh-rsa" && /^rsa-sha2-(256|512)$/.test(type));
  if (!isNamed) return undefined;
  try {
    return parseLoginKey(`${named} ${base64}`);
  } catch {
    return undefined;
  }
}

/** The type at the start of a key's wire encoding (RFC 4253 section 6.6). */
export function typeInside(blob: Buffer): string | undefined {
  if (blob.length < 4) return undefined;
  return blob.toString("latin1", 4, 4 + blob.readUInt32BE(0));
}
