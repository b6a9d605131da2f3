import { withoutKeys } from "../../../provider/ssh/authorized_keys/edit";
import { alice, aliceOnToken, bare, bob, certificate, dora, eve, rita, small } from "./keys";
import { noKeys, sameKeys } from "./spellings";

const A = bare(alice);
const B = bare(bob);
const R = bare(rita);
const base64 = alice.blob.toString("base64");

interface RemoveCase {
  readonly name: string;
  /** Latin-1: one character per byte. */
  readonly before: string;
  readonly after: string;
  /** Default Alice's. */
  readonly keys?: Parameters<typeof withoutKeys>[1];
  /** Numbers of the removed lines. */
  readonly removed: readonly number[];
  /** Default 0. */
  readonly mentions?: number;
}

const nothingGoes = (name: string, before: string, mentions = 0): RemoveCase => ({
  name,
  before,
  after: before,
  removed: [],
  mentions,
});

const goes = (name: string, line: string): RemoveCase => ({
  name,
  before: `${B} first\n${line}\n${R} last\n`,
  after: `${B} first\n${R} last\n`,
  removed: [2],
});

const cases: readonly RemoveCase[] = [
  goes("a line with a comment", `${A} alice@laptop`),
  goes("a line without one", A),
  goes("a line behind blanks and tabs", ` \t ${A}`),
  goes("a line that ends in blanks", `${A} alice  \t`),
  goes("a comment with a number sign, quotes and the text of another key", `${A} #"x ${B}`),
  goes("a comment in latin-1", `${A} J\u00f6rg`),
  goes("a comment that is no text at all", `${A} \u00ff\u00fe\u0001\u001b[31m`),
  goes("a comment of a hundred thousand letters", `${A} ${"x".repeat(100_000)}`),
  goes("an option", `restrict ${A}`),
  goes("several options", `no-pty,no-agent-forwarding,no-X11-forwarding ${A}`),
  goes("options in capitals", `NO-PTY,Command="true" ${A}`),
  goes("addresses separated by commas", `from="192.0.2.1,2001:db8::1" ${A}`),
  goes("a command with blanks, commas and escaped quotes", `command="echo \\"a, b\\" #c" ${A}`),
  goes("a command of a hundred thousand letters", `command="${"x ".repeat(50_000)}" ${A}`),
  goes("an environment variable", `environment="A=b c" ${A}`),
  goes(
    "the line that cloud-init writes for root",
    `no-port-forwarding,command="echo 'Please login as \\"debian\\"';exit 142" ${A}`,
  ),
  goes("a line that has expired", `expiry-time="20200101" ${A}`),
  goes("a certificate authority", `cert-authority,principals="a,b" ${A}`),
  goes("an option that nobody knows", `no-such-option ${A}`),
  goes("a known option with a malformed value", `from=192.0.2.1 ${A}`),
  goes("an escaped quote outside quotes", `\\" ${A}`),
  goes("a backslash and a blank before it", `\\ ${A}`),
  goes("a quote behind two backslashes in quotes", `command="a\\\\" b" ${A}`),
  goes("a comma and a blank behind the last option", `restrict, ${A}`),
  goes("commas and nothing else", `,, ${A}`),
  goes("the text of another key in quotes before it", `command="${B}" ${A}`),
  goes("a type word in quotes before it", `command="ssh-ed25519 x" ${A}`),
  goes("another type word before it", `ssh-rsa ${A}`),
  goes("characters that mean something to a shell", `command="\`rm -rf /\`; $(x) & | > <" ${A} $(x) \`y\` '`),
  goes("a byte order mark before it", `\u00ef\u00bb\u00bf${A}`),
  goes("a byte order mark and options before it", `\u00ef\u00bb\u00bfrestrict ${A}`),
  goes("a carriage return at its end", `${A} alice\r`),
  goes("a carriage return right behind its base64", `${A}\r`),

  nothingGoes("an empty file", ""),
  nothingGoes("a file of newlines", "\n\n\n"),
  nothingGoes("a file that is not there yet but for a byte order mark", "\u00ef\u00bb\u00bf"),
  nothingGoes("a file of NULs", "\0\0\n\0"),
  nothingGoes("the keys of others", `${B}\n${R} r\n${bare(eve)}\n${dora}\n${small}\n`),
  nothingGoes("the key that a security key has inside", `${aliceOnToken} alice\n`),
  nothingGoes("a certificate for the key", `${certificate}\n`),
  nothingGoes("a commented-out copy", `#${A} alice\n  # ${A}\n`, 2),
  nothingGoes("a commented-out copy behind a byte order mark", `\u00ef\u00bb\u00bf# ${A}\n`, 1),
  nothingGoes("the key in the comment of another", `${B} ${A}\n`, 1),
  nothingGoes("the key in the command of another", `command="grep '${A}' x" ${B}\n`, 1),
  nothingGoes("the key in the environment of another", `environment="K=${base64}" ${B}\n`, 1),
  nothingGoes("a quoted line of the key", `command="${A}" ${B}\n"${A}"\n`, 2),
  nothingGoes("the key behind a line of another, with no newline between them", `${B} ${A}`, 1),
  nothingGoes("the key behind a quote that the second of two backslashes keeps open", `command="a\\\\" ${A}\n`, 1),
  nothingGoes("a longer text that begins like the key", `ssh-ed25519 ${base64}AAAA\n`),
  nothingGoes("the base64 alone", `${base64}\n`, 1),
  nothingGoes("the type alone", "ssh-ed25519\nssh-ed25519 \n"),
  nothingGoes("two lines that would be one", `ssh-ed25519\n${base64}\n`, 1),
  nothingGoes("a line that an escaped newline does not join", `command="a\\\n" ${A}x\n`),

  {
    name: "a file with nothing else",
    before: `${A}\n`,
    after: "",
    removed: [1],
  },
  {
    name: "a last line without a newline",
    before: `${B}\n${A}`,
    after: `${B}\n`,
    removed: [2],
  },
  {
    name: "a first line before one without a newline",
    before: `${A}\n${B}`,
    after: B,
    removed: [1],
  },
  {
    name: "all duplicates, with other comments and options",
    before: `${A}\n${A} work\n\n${B}\nrestrict ${A}\nrestrict ${A}\n`,
    after: `\n${B}\n`,
    removed: [1, 2, 5, 6],
  },
  {
    name: "a line between two lines of another key",
    before: `restrict ${B}\n${A}\n${B}\n`,
    after: `restrict ${B}\n${B}\n`,
    removed: [2],
  },
  {
    name: "lines among mixed endings, empty lines and equal comments",
    before: `# keys\r\n\n\n# keys\r\n${A}\r\n${B}\r\n \t\n${A}\n#end`,
    after: `# keys\r\n\n\n# keys\r\n${B}\r\n \t\n#end`,
    removed: [5, 8],
  },
  {
    name: "several keys at once",
    before: `${A}\n${B} bob\n${R}\n`,
    after: `${B} bob\n`,
    keys: [alice, rita],
    removed: [1, 3],
  },
  {
    name: "a line while a comment keeps its text",
    before: `# was: ${A}\n${A}\n`,
    after: `# was: ${A}\n`,
    removed: [2],
    mentions: 1,
  },
  {
    name: "every kind of key by its own line alone",
    before: `${bare(eve)}\n${R}\n${A}\n`,
    after: `${R}\n`,
    keys: [eve, alice],
    removed: [1, 3],
  },
];

describe("Removing a key from a file removes", () => {
  test.each(cases.filter(({ removed }) => removed.length > 0))("$name", (given) => check(given));
});

describe("Removing a key from a file leaves alone", () => {
  test.each(cases.filter(({ removed }) => removed.length === 0))("$name", (given) => check(given));
});

function check({ before, after, keys = [alice], removed, mentions = 0 }: RemoveCase): void {
  const result = withoutKeys(Buffer.from(before, "latin1"), keys);
  expect(result.file.toString("latin1")).toBe(after);
  expect({ removed: result.removed.map(({ line }) => line), mentions: result.mentions }).toEqual({ removed, mentions });
  expect(withoutKeys(result.file, keys)).toEqual({ file: result.file, removed: [], mentions });
}

describe("A key is known", () => {
  test.each(sameKeys)("$name: $key.sshType", ({ key, text }) => {
    const before = Buffer.from(`restrict ${text}\n${text}\n`, "latin1");
    expect(withoutKeys(before, [key])).toMatchObject({ file: Buffer.alloc(0), removed: [{ line: 1 }, { line: 2 }] });
  });

  test.each(noKeys)("but not $name: $key.sshType", ({ key, text }) => {
    const before = Buffer.from(`${text}\n`, "latin1");
    expect(withoutKeys(before, [key])).toMatchObject({ file: before, removed: [] });
  });

  test("among two thousand lines of others", () => {
    const others = Array.from({ length: 2000 }, (_line, at) => `from="10.0.0.${at}" ${B} ${at}\n`);
    const before = Buffer.from([...others.slice(0, 999), `${A}\n`, ...others.slice(999)].join(""));
    expect(withoutKeys(before, [alice]).file.equals(Buffer.from(others.join("")))).toBe(true);
  });
});

test("A file without the key is returned itself", () => {
  const file = Buffer.from(`${B}\n`);
  expect(withoutKeys(file, [alice]).file).toBe(file);
});
