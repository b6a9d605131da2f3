/** Whatever happened to a text of a key: it is refused with an error of ours, or it is the key that ssh-keygen reads. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { constantFrom, pre } from "fast-check";
import { ExoscaleSshError } from "../../provider/errors";
import { type PrivateKey, parsePlainPrivateKey, parsePrivateKey } from "../../provider/keys/private_key";
import { publicHalf } from "../../provider/keys/public_half";
import { parseLoginKey } from "../../provider/keys/public_key";
import { takeFields } from "../../provider/keys/wire";
import { property } from "../properties";
import { mutations, unwrapped, wrapped } from "./mutations";
import { inDirectory, isInstalled, readByKeygen, run, testWith } from "./real_programs";
import { encodedSample, type Kind, sampleKey } from "./sample_keys";

const PASSPHRASE = "throw-away";

const kinds = ["ed25519", "RSA-2048", "ECDSA-P256", "ECDSA-P384", "ECDSA-P521"] as const satisfies readonly Kind[];
const formats = [
  "openssh",
  "pem",
  "encrypted pem",
  "old pem",
  "encrypted old pem",
  "des pem",
  "putty",
  "line",
] as const;

/** The text of each kind in each format, and one that ssh-keygen has encrypted. */
const texts = new Map<string, string>();
const named = (name: string) => texts.get(name) ?? "";
const ENCRYPTED = "encrypted openssh";
const inFormats = (...chosen: (typeof formats)[number][]) =>
  chosen.flatMap((format) => kinds.map((kind) => `${format} ${kind}`));

beforeAll(async () => {
  for (const kind of kinds) for (const format of formats) texts.set(`${format} ${kind}`, await textOf(kind, format));
  if (isInstalled("ssh-keygen")) texts.set(ENCRYPTED, encryptedByKeygen());
});

async function textOf(kind: Kind, format: (typeof formats)[number]): Promise<string> {
  const key = await sampleKey(kind);
  if (format === "encrypted pem") return (await encodedSample(kind, PASSPHRASE)).pem;
  if (format === "line") return key.publicKey("alice").openssh;
  // As OpenSSL wrote it in the nineties; only the head is true.
  if (format === "des pem")
    return (await textOf("RSA-2048", "encrypted old pem")).replace(/AES-256-CBC,.{16}/, "DES-CBC,");
  if (format !== "old pem" && format !== "encrypted old pem") return (await encodedSample(kind))[format] ?? "";
  const type = { rsa: "pkcs1", ecdsa: "sec1", ed25519: "pkcs8" }[key.algorithm];
  const encryption = format === "old pem" ? {} : { cipher: "aes-256-cbc", passphrase: PASSPHRASE };
  // The types of Node want to know the kind of key.
  return key.material.export({ type: type as "pkcs1", format: "pem", ...encryption }).toString();
}

/** With one round, so that a case is read in no time. */
function encryptedByKeygen(): string {
  return inDirectory((directory) => {
    const path = join(directory, "key");
    run("ssh-keygen", ["-q", "-t", "ed25519", "-a", "1", "-N", PASSPHRASE, "-f", path]);
    return readFileSync(path, "utf8");
  });
}

/** What a text is taken for by every function that reads keys. Each other error than ours fails the test. */
async function read(text: string): Promise<PrivateKey | undefined> {
  await orRefused(text, async () => parsePlainPrivateKey(text));
  await orRefused(text, async () => publicHalf(text, PASSPHRASE));
  await orRefused(text, async () => parseLoginKey(text));
  return await orRefused(text, () => parsePrivateKey(text, PASSPHRASE));
}

async function orRefused<T>(text: string, parse: () => Promise<T>): Promise<T | undefined> {
  try {
    return await parse();
  } catch (error) {
    if (!(error instanceof ExoscaleSshError)) throw error;
    expect(error.code).toMatch(/^KEY_(PRIVATE_INVALID|PUBLIC_INVALID|PASSPHRASE_WRONG)$/);
    expect(partsOf(text).filter((part) => error.message.includes(part))).toEqual([]);
    return undefined;
  }
}

/** Parts of a text that a message would have if it quoted the text. */
function partsOf(text: string): string[] {
  return text.match(/[A-Za-z0-9+/]{16}/g) ?? [];
}

/** Whether it is one block and nothing else: ssh-keygen does not pass over words and blanks around it, as we do. */
function isOneBlock(text: string): boolean {
  return /^-----BEGIN [^-]+-----\n(?:[^\s-]+\n)+-----END [^-]+-----\n$/.test(text);
}

/** Texts that were taken, to be shown to ssh-keygen at once. */
const taken: { text: string; key: PrivateKey }[] = [];

property(
  "A damaged private key is refused with an error of ours that does not show it, or it is a key",
  1000,
  [constantFrom(...inFormats("openssh", "pem", "encrypted pem", "old pem"), ENCRYPTED), mutations],
  async (name, mutate) => {
    const { label, bytes } = unwrapped(named(name));
    const damaged = mutate(bytes);
    pre(!isSlow(damaged));
    const text = wrapped({ label, bytes: damaged });
    const key = await read(text);
    if (key && isForKeygen(name)) taken.push({ text, key });
  },
);

/** ssh-keygen reads Ed25519 in PKCS#8 from OpenSSH 9.6 on. */
function isForKeygen(name: string): boolean {
  return !/pem ed25519$/.test(name);
}

/** Whether it takes seconds to read, as a real key with so many rounds does. */
function isSlow(bytes: Buffer): boolean {
  const [, kdf, options = Buffer.alloc(0)] = takeFields(bytes.subarray("openssh-key-v1\0".length), 3)?.fields ?? [];
  const rounds = takeFields(options, 1)?.rest;
  if (kdf?.toString() !== "bcrypt" || rounds?.length !== 4) return false;
  return rounds.readUInt32BE() > 64 && rounds.readUInt32BE() <= 4096;
}

property(
  "A text of a key that is damaged anywhere is refused with an error of ours that does not show it, or it is a key",
  1000,
  [constantFrom(...inFormats(...formats), ENCRYPTED), mutations],
  async (name, mutate) => {
    const text = mutate(Buffer.from(named(name), "latin1")).toString("latin1");
    const key = await read(text);
    if (key && isForKeygen(name) && isOneBlock(text)) taken.push({ text, key });
  },
);

testWith("ssh-keygen", "Every damaged private key that is taken all the same is that key for ssh-keygen, too", () => {
  const theirs = readByKeygen(
    taken.map(({ text }) => text),
    PASSPHRASE,
  );
  const differing = taken.filter(({ key }, at) => !theirs[at]?.startsWith(key.publicKey("").openssh));
  expect(taken.length).toBeGreaterThan(0);
  expect(differing.map(({ text }) => text)).toEqual([]);
});
