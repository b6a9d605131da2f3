/** The host keys that cloud-init takes from user data at the first boot (its module cc_ssh). */
import { gunzipSync } from "node:zlib";
import { load } from "js-yaml";
import { type HostKeyPair, hostKeyFrom, hostKeyKinds } from "./host_keys";

/** `ssh_keys` of a cloud-config: `ed25519_private` and so on. */
type SshKeys = Readonly<Record<string, unknown>>;

/**
 * The host keys in user data, which are then the only ones of the guest; undefined when there are none. The user data
 * is a plain cloud-config, or a MIME message with cloud-configs as parts, or gzip of these.
 *
 * @param userData in base64
 */
export function hostKeysIn(userData: string | undefined): HostKeyPair[] | undefined {
  if (userData === undefined) return undefined;
  const text = decompress(Buffer.from(userData, "base64")).toString("utf8");
  const configs = text.slice(0, 4096).toLowerCase().includes("mime-version:") ? configsIn(text) : [text];
  const keys = configs.filter((config) => config.startsWith("#cloud-config\n")).reduce(mergeKeys, undefined);
  const pairs = keys && hostKeyKinds.flatMap((kind) => pairOf(kind, keys) ?? []);
  return pairs?.length ? pairs : undefined;
}

function decompress(bytes: Buffer): Buffer {
  try {
    return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes, { maxOutputLength: 2 ** 24 }) : bytes;
  } catch {
    return bytes;
  }
}

/** A later part replaces an earlier one, unless its merge_how says that it only adds. */
function mergeKeys(before: SshKeys | undefined, config: string): SshKeys | undefined {
  const read = readConfig(config);
  const keys = recordOf(read["ssh_keys"]);
  if (keys === undefined) return before;
  const adds = /dict\((?!replace)/.test(String(read["merge_how"] ?? ""));
  return adds ? { ...keys, ...before } : keys;
}

// cloud-init ignores a part that is no YAML.
function readConfig(config: string): SshKeys {
  try {
    return recordOf(load(config)) ?? {};
  } catch {
    return {};
  }
}

function recordOf(value: unknown): SshKeys | undefined {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : undefined;
}

function pairOf(kind: HostKeyPair["kind"], keys: SshKeys): HostKeyPair | undefined {
  const text = keys[`${kind}_private`];
  if (typeof text !== "string") return undefined;
  return hostKeyFrom(kind, text);
}

/** The content of each part that is no container, in order (RFC 2046, section 5.1). */
function configsIn(entity: string): string[] {
  const end = /\r?\n\r?\n/.exec(entity);
  const head = entity.slice(0, end?.index ?? 0).replace(/\r?\n[ \t]+/g, " ");
  const body = entity.slice((end?.index ?? 0) + (end?.[0].length ?? 0));
  const boundary = /^content-type:\s*multipart\/.*boundary="?([^";\r\n]+)/im.exec(head)?.[1];
  if (boundary !== undefined) {
    const [, ...pieces] = `\n${body}`.split(`\n--${boundary}`);
    return pieces.filter((piece) => !piece.startsWith("--")).flatMap((piece) => configsIn(piece.replace(/^\r?\n/, "")));
  }
  const isBase64 = /^content-transfer-encoding:\s*base64/im.test(head);
  return [isBase64 ? Buffer.from(body, "base64").toString("utf8") : body];
}
