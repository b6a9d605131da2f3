import type { PublicKey } from "../../../provider/keys/public_key";
import { alice, aliceOnToken, bare, bob, certificate, dora, eve, eve384, rita, small } from "./keys";
import { noKeys, sameKeys } from "./spellings";

/** Keys that a random file may have, and about which a server is asked. */
export const askedKeys: readonly PublicKey[] = [alice, bob, rita, eve, eve384];

/** Options that are well-formed and exclude this client now. */
export const closingOptions: readonly string[] = [
  'from="192.0.2.1"',
  'From="!127.0.0.1,*"',
  'expiry-time="20200101"',
  'expiry-time="202001011200Z"',
];

/** Options, good and bad. */
export const options: readonly string[] = [
  ...closingOptions,
  ...["restrict", "no-pty", "NO-X11-forwarding", "touch-required", "no-verify-required", "pty", "cert-authority"],
  ...["no-restrict", "no-cert-authority", "restricted", "no-such-option", "no-", "command", "pty=", 'pty="x"'],
  ...[
    'command="true"',
    'command="echo \\"a, b\\" #"',
    'command=""',
    "command=true",
    'command="\\\\"',
    'command="\\\\" x"',
    'command="a"b',
    'command="\\"',
  ],
  ...['from="127.0.0.1"', 'FROM="127.0.0.0/8,::1"', "from=127.0.0.1", 'environment="A=b c"', 'environment="A"'],
  ...['expiry-time="20991231"', 'expiry-time="20990230z"', 'expiry-time="20991301"', 'expiry-time="2099"'],
  ...['permitopen="localhost:80"', 'permitopen=":80"', 'permitopen="80"', 'permitopen="[::1]:*"', 'permitopen="a:0"'],
  ...['permitlisten="80"', 'permitlisten="*"', 'permitlisten="a:b:1"', 'tunnel="0"', 'tunnel="any"', 'tunnel="x"'],
  ...['principals="root"', "ssh-ed25519", "ssh-rsa", '\\"', '"', "'", "\\", "\u00ff", "\v", "\r", "=", "#"],
  ...askedKeys.map((key) => `command="${bare(key)}"`),
];

/** Texts of keys, and texts that look like some. */
export const keyTexts: readonly string[] = [
  ...askedKeys.flatMap((key) => Array.from({ length: 6 }, () => bare(key))),
  ...[...sameKeys, ...noKeys].map(({ text }) => text),
  ...[certificate, dora, small, aliceOnToken, "ssh-ed25519 AAAA", "ssh-ed25519", ""],
];

/** What such files are made of, and what has a meaning in them. */
export const pieces: readonly string[] = [
  ...options,
  ...keyTexts,
  ...[
    " ",
    " ",
    " ",
    "\t",
    ",",
    ",",
    '"',
    '"',
    '\\"',
    "\\\\",
    "#",
    "\0",
    "\r",
    "\v",
    "\f",
    "\u00ef\u00bb\u00bf",
    "\u0085",
  ],
];

/** A generator of numbers from 0 to 1, reproducible from its seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of them. */
export function oneOf<T>(items: readonly T[], random: () => number): T {
  const [item] = items.slice(Math.floor(random() * items.length));
  if (item === undefined) throw new Error("There is nothing to choose from.");
  return item;
}

/** A file of one to eight lines, each nearly valid or random. One file in four also has some changed bytes. */
export function randomFile(random: () => number): Buffer {
  const lines = times(1 + random() * 8, () => (random() < 0.7 ? keyLine(random) : jumble(random)));
  const text = lines.map((line) => line + oneOf(["\n", "\n", "\n", "\r\n", "\n\n"], random)).join("");
  const ended = random() < 0.2 ? text.replace(/\r?\n$/, "") : text;
  return Buffer.from(random() < 0.25 ? damaged(ended, random) : ended, "latin1");
}

/** Changes up to six characters, half of them at the beginning or end of a word. */
function damaged(text: string, random: () => number): string {
  return times(1 + random() * 6, () => oneOf(["put in", "take out", "instead"], random)).reduce((before, how) => {
    const edges = [...before.matchAll(/\b/g)].map(({ index }) => index);
    const at = random() < 0.5 ? Math.floor(random() * before.length) : oneOf([0, ...edges], random);
    const put = random() < 0.5 ? oneOf(pieces, random).slice(0, 1) : String.fromCharCode(random() * 256);
    return before.slice(0, at) + (how === "take out" ? "" : put) + before.slice(how === "put in" ? at : at + 1);
  }, text);
}

function keyLine(random: () => number): string {
  const before = oneOf(["", "", "", "", " ", "\t", "#", " #", "\u00ef\u00bb\u00bf"], random);
  const list = times(random() * random() * 4, () => oneOf(options, random)).join(
    oneOf([",", ",", ",", ", ", ",,"], random),
  );
  const between = list === "" ? "" : oneOf([" ", " ", " ", "\t ", ", ", ""], random);
  const behind = oneOf(
    ["", " comment", "  J\u00f6rg \u0001", ` ${oneOf(keyTexts, random)}`, " #", "\r", "\0x", '"'],
    random,
  );
  return before + list + between + oneOf(keyTexts, random) + behind;
}

function jumble(random: () => number): string {
  return times(1 + random() * 6, () => oneOf(pieces, random)).join(oneOf(["", "", " ", ","], random));
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: Math.floor(count) }, make);
}
