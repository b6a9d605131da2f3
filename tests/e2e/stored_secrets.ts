import { createDecipheriv, pbkdf2Sync } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { encryptedText, isOfThePackage, isStoredAsSecret, type StoredState, storedState } from "./stored_state";

/**
 * Every secret that a resource of the package ever had in a stack, decrypted from all states that Pulumi stores below a
 * folder: the last one, and one per update in its history. So a test need not export a secret to have it searched for.
 *
 * @param home the folder in PULUMI_BACKEND_URL
 * @param passphrase PULUMI_CONFIG_PASSPHRASE
 */
export function secretsStored(home: string, passphrase: string): readonly string[] {
  return statesBelow(join(home, ".pulumi")).flatMap((file) => secretsOf(storedState(file), passphrase));
}

/** The decrypted outputs of a stack by name, from its state file. @param passphrase as above */
export function storedOutputs(file: string, passphrase: string): Record<string, { value: unknown; secret: boolean }> {
  const { resources = [], secrets_providers: encryption } = storedState(file);
  const outputs = resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
  const key = () => keyOf(encryption?.state?.salt ?? "", passphrase);
  return Object.fromEntries(
    Object.entries(outputs).map(([name, stored]) => [
      name,
      { value: revealed(stored, key), secret: isStoredAsSecret(stored) },
    ]),
  );
}

function revealed(stored: unknown, key: () => Buffer): unknown {
  const text = encryptedText(stored);
  if (text !== undefined) return JSON.parse(decrypt(text, key()));
  if (typeof stored !== "object" || stored === null) return stored;
  if (Array.isArray(stored)) return stored.map((each) => revealed(each, key));
  return Object.fromEntries(Object.entries(stored).map(([name, each]) => [name, revealed(each, key)]));
}

function statesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return files.filter((file) => /^stacks\/.*\.json$|\.checkpoint\.json$/.test(file)).map((file) => join(folder, file));
}

function secretsOf({ resources = [], secrets_providers: encryption }: StoredState, passphrase: string): string[] {
  const ours = resources.filter(isOfThePackage);
  const encrypted = ours.flatMap(({ inputs, outputs }) => encryptedTexts({ inputs, outputs }));
  if (encrypted.length === 0) return [];
  const key = keyOf(encryption?.state?.salt ?? "", passphrase);
  return encrypted.flatMap((text) => hiddenTexts(JSON.parse(decrypt(text, key))));
}

function encryptedTexts(value: unknown): string[] {
  const text = encryptedText(value);
  if (text !== undefined) return [text];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(encryptedTexts) : [];
}

/** Fields of a connection that are public, although the connection is a secret. */
const publicNames = ["host", "user"];

function hiddenTexts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  const entries = Object.entries(value).filter(([name]) => !publicNames.includes(name));
  return entries.flatMap(([, each]) => hiddenTexts(each));
}

const keys = new Map<string, Buffer>();

/**
 * Decrypts what Pulumi's passphrase provider encrypted.
 *
 * @param salt the `encryptionsalt` of the stack's settings
 * @throws if the passphrase is wrong
 */
export function decrypted(text: string, salt: string, passphrase: string): string {
  return decrypt(text, keyOf(salt, passphrase));
}

/** Derives the key as Pulumi does. Slow on purpose, so once per stack. The salt has the form `v1:salt:v1:nonce:test text`. */
function keyOf(salt: string, passphrase: string): Buffer {
  const known = keys.get(salt);
  if (known) return known;
  const key = pbkdf2Sync(passphrase, Buffer.from(salt.split(":")[1] ?? "", "base64"), 1_000_000, 32, "sha256");
  keys.set(salt, key);
  return key;
}

/** Decrypts AES-256-GCM in the form `v1:nonce:ciphertext and tag`. @throws if the key is wrong */
function decrypt(text: string, key: Buffer): string {
  const [, nonce = "", body = ""] = text.split(":");
  const bytes = Buffer.from(body, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
  decipher.setAuthTag(bytes.subarray(-16));
  return decipher.update(bytes.subarray(0, -16), undefined, "utf8") + decipher.final("utf8");
}
