import { InvalidKeyOptionsError } from "../../../provider/errors";
import { type Addition, type KeyLine, keyLineText, withKey } from "../../../provider/ssh/authorized_keys/edit";
import { alice, bare, bob, rita } from "./keys";
import { sameKeys } from "./spellings";

const A = bare(alice);
const B = bare(bob);
const BOM = "\u00ef\u00bb\u00bf";

type Outcome = string | { readonly conflictOnLine: number };

interface AddCase {
  readonly name: string;
  /** Latin-1: one character per byte. */
  readonly before: string;
  /** Default: Alice's key without options, with the comment "alice". */
  readonly line?: Partial<KeyLine>;
  /** The result with "report": "none", or the file. */
  readonly report: Outcome;
  /** The same with "replace". */
  readonly replace: Outcome;
}

/** The same outcome with "report" and "replace". */
const both = (outcome: Outcome) => ({ report: outcome, replace: outcome });

const cases: readonly AddCase[] = [
  { name: "an empty file", before: "", ...both(`${A} alice\n`) },
  { name: "a file of others", before: `${B} bob\n`, ...both(`${B} bob\n${A} alice\n`) },
  { name: "a file whose last line has no newline", before: `${B} bob`, ...both(`${B} bob\n${A} alice\n`) },
  { name: "a file whose last line is a comment without a newline", before: "# end", ...both(`# end\n${A} alice\n`) },
  { name: "a file with carriage returns", before: `${B}\r\n`, ...both(`${B}\r\n${A} alice\r\n`) },
  {
    name: "a file with carriage returns but for the last line",
    before: `${B}\r\n#`,
    ...both(`${B}\r\n#\r\n${A} alice\r\n`),
  },
  { name: "a file of empty lines", before: "\n\n", ...both(`\n\n${A} alice\n`) },
  { name: "a file of nothing but a byte order mark", before: BOM, ...both(`${BOM}\n${A} alice\n`) },
  { name: "a file that has the key in a comment", before: `# ${A}\n`, ...both(`# ${A}\n${A} alice\n`) },
  {
    name: "a file that has the key behind an unfinished quote",
    before: `command="x ${A}\n`,
    ...both(`command="x ${A}\n${A} alice\n`),
  },
  { name: "a file that has just that line", before: `${A} alice\n`, ...both("none") },
  {
    name: "a file that has just that line, with other blanks",
    before: ` ${A.replace(" ", "\t ")}  alice \r\n`,
    ...both("none"),
  },
  { name: "a file that has just that line, without a newline", before: `${A} alice`, ...both("none") },
  {
    name: "a file that has the key with another comment",
    before: `${A} old\n${B}\n`,
    report: "none",
    replace: `${A} alice\n${B}\n`,
  },
  {
    name: "a file that has the key with an option",
    before: `${B}\nrestrict ${A} alice\n`,
    report: { conflictOnLine: 2 },
    replace: `${B}\n${A} alice\n`,
  },
  {
    name: "a file that has the key without the option",
    before: `${A} alice\r\n${B}`,
    line: { options: ["restrict", 'from="192.0.2.1,192.0.2.2"'] },
    report: { conflictOnLine: 1 },
    replace: `restrict,from="192.0.2.1,192.0.2.2" ${A} alice\r\n${B}`,
  },
  {
    name: "a file that has the key with the same options in capitals",
    before: `No-PTY,Restrict ${A} alice\n`,
    line: { options: ["no-pty", "restrict"] },
    ...both("none"),
  },
  {
    name: "a file that has the key with the same options in another order",
    before: `pty,restrict ${A} alice\n`,
    line: { options: ["restrict", "pty"] },
    report: { conflictOnLine: 1 },
    replace: `restrict,pty ${A} alice\n`,
  },
  {
    name: "a file whose second line of the key says the same",
    before: `restrict ${A}\n${A} alice\n${B}\n`,
    report: { conflictOnLine: 1 },
    replace: `${A} alice\n${B}\n`,
  },
  {
    name: "a file whose first line of the key says the same",
    before: `${A} alice\n${B}\nrestrict ${A}\n`,
    report: "none",
    replace: `${A} alice\n${B}\n`,
  },
  {
    name: "a file whose line of the key has an option that nobody knows",
    before: `no-such ${A}\n`,
    report: { conflictOnLine: 1 },
    replace: `${A} alice\n`,
  },
  {
    name: "a file whose line of the key is behind a byte order mark",
    before: `${BOM}${A} alice\n${B}\n`,
    report: `${BOM}${A} alice\n${B}\n${A} alice\n`,
    replace: `${B}\n${A} alice\n`,
  },
  {
    name: "a file in which the key is a certificate authority",
    before: `cert-authority ${A} ca\n`,
    report: `cert-authority ${A} ca\n${A} alice\n`,
    replace: `cert-authority ${A} ca\n${A} alice\n`,
  },
  {
    name: "a file in which the key logs in and certifies, with other options to certify",
    before: `${A} alice\ncert-authority ${A} ca\n`,
    line: { options: ["cert-authority", 'principals="a"'] },
    report: { conflictOnLine: 2 },
    replace: `${A} alice\ncert-authority,principals="a" ${A} alice\n`,
  },
  {
    name: "a file in latin-1, with a comment that is not",
    before: `${B} J\u00f6rg\n`,
    line: { comment: "J\u00f6rg" },
    ...both(`${B} J\u00f6rg\n${A} J\u00c3\u00b6rg\n`),
  },
  {
    name: "a file that has the key, with a comment beyond latin-1",
    before: `${A} old\n`,
    line: { comment: "\u0416" },
    report: "none",
    replace: `${A} \u00d0\u0096\n`,
  },
  {
    name: "a file that has that comment in UTF-8",
    before: `${A} J\u00c3\u00b6rg\n`,
    line: { comment: "J\u00f6rg" },
    ...both("none"),
  },
  { name: "a file, with a line without a comment", before: "", line: { comment: "" }, ...both(`${A}\n`) },
  {
    name: "a file, with a comment of two lines",
    before: "",
    line: { comment: `a\r\n${B}\u2028b` },
    ...both(`${A} a ${B} b\n`),
  },
];

describe("Adding a key to a file", () => {
  test.each(cases)("reports a conflict, or adds the line: $name", ({ before, line, report }) => {
    expect(put(before, line, "report")).toEqual(report);
  });

  test.each(cases)("replaces a line in conflict, or adds the line: $name", ({ before, line, replace }) => {
    expect(put(before, line, "replace")).toEqual(replace);
  });

  test.each(cases)("does nothing the second time: $name", ({ before, line, replace }) => {
    if (typeof replace === "string" && replace !== "none") expect(put(replace, line, "replace")).toBe("none");
    else expect(put(before, line, "replace")).toEqual(replace);
  });

  test.each(sameKeys.filter(({ key }) => key === alice))("finds the key $name", ({ text }) => {
    expect(put(`${text} alice\n`, { comment: "" }, "report")).toBe("none");
  });

  test("distinguishes additions from replacements", () => {
    const change = (before: string) => {
      const addition = withKey(Buffer.from(before), { key: alice }, "replace");
      return "change" in addition && addition.change;
    };
    expect([change(`${B}\n`), change(`restrict ${A}\n`), change(alice.openssh)]).toEqual(["added", "replaced", "none"]);
  });

  test("returns the file itself if it has the line", () => {
    const file = Buffer.from(`${alice.openssh}\n`);
    expect(withKey(file, { key: alice }, "report")).toEqual({ file, change: "none" });
  });
});

function put(before: string, line: Partial<KeyLine> = {}, whenPresent: "report" | "replace"): Outcome {
  const addition = withKey(Buffer.from(before, "latin1"), { key: alice, comment: "alice", ...line }, whenPresent);
  return "conflict" in addition ? { conflictOnLine: addition.conflict.line } : textOf(addition);
}

function textOf({ file, change }: Extract<Addition, { file: Buffer }>): string {
  return change === "none" ? "none" : file.toString("latin1");
}

describe("A line for a key", () => {
  test("has the comment of the key unless it gets another one", () => {
    expect(keyLineText({ key: rita })).toBe(`${bare(rita)} rita`);
  });

  test("has its options before the key, separated by commas", () => {
    const options = ['command="echo \\"a, b\\""', "no-pty"];
    expect(keyLineText({ key: alice, options })).toBe(`command="echo \\"a, b\\"",no-pty ${A} alice`);
  });

  test.each(["restrict\n", 'command="a\nssh-ed25519 AAAA"', 'command="\u0000"', "no-such", "restrict,pty", "a b"])(
    "is not made with the option %j",
    (option) => {
      expect(() => keyLineText({ key: alice, options: [option] })).toThrow(InvalidKeyOptionsError);
    },
  );
});
