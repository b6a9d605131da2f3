import { constantFrom, option, string } from "fast-check";
import type { PublicKey } from "../../../provider/keys/public_key";
import { keyLineText, withKey, withoutKeys } from "../../../provider/ssh/authorized_keys/edit";
import { entriesOf } from "../../../provider/ssh/authorized_keys/entry";
import { linesOf } from "../../../provider/ssh/authorized_keys/line";
import { checkLineOptions } from "../../../provider/ssh/authorized_keys/options";
import { property } from "../../properties";
import { anyFile, anyKey } from "./any_file";
import { alice, bare, fieldsOf } from "./keys";
import { goodOptions } from "./option_lists";

const modes = constantFrom("report" as const, "replace" as const);
const goodList = constantFrom(...goodOptions.filter((list) => !list.includes("cert-authority")));
const comments = option(string({ unit: "binary", maxLength: 20 }), { nil: undefined });

property("A file that is split into lines and joined again is the same", 500, [anyFile], (file) => {
  expect(linesOf(file).join("")).toBe(file.toString("latin1"));
});

property(
  "Removing a key takes away lines of that key, all of them, and nothing else",
  1500,
  [anyFile, anyKey],
  (file, key) => {
    const { file: after, removed } = withoutKeys(file, [key]);
    const before = linesOf(file);
    const gone = new Set(removed.map(({ line }) => line));
    const kept = before.filter((_line, at) => !gone.has(at + 1));
    expect(after.toString("latin1")).toBe(kept.join(""));
    expect(before.filter((line, at) => gone.has(at + 1) && !holds(line, key))).toEqual([]);
    expect(kept.filter((line) => isPlainLine(line, key))).toEqual([]);
  },
);

/** Whether the number that makes the key is somewhere in a line, in whatever base64. */
function holds(line: string, key: PublicKey): boolean {
  const number = fieldsOf(key).at(-1) ?? Buffer.alloc(0);
  const words = line.split(/[ \t\0]/).map((word) => Buffer.from(word.replace(/[^A-Za-z0-9+/]/g, ""), "base64"));
  return words.some((bytes) => bytes.includes(number));
}

/** Whether it is the line of a `.pub` file, which every program sees. */
function isPlainLine(line: string, key: PublicKey): boolean {
  const text = line.replace(/^[ \t]+/, "");
  return text.startsWith(bare(key)) && /^(?:[ \t\n]|\r?\n|$)/.test(text.slice(bare(key).length));
}

property(
  "Removing a key twice changes nothing more, and leaves the entries of all others as they were",
  1000,
  [anyFile, anyKey],
  (file, key) => {
    const after = withoutKeys(file, [key]).file;
    expect(withoutKeys(after, [key]).file).toBe(after);
    const others = entriesOf(file).filter(({ fingerprintSha256 }) => fingerprintSha256 !== key.fingerprintSha256);
    expect(entriesOf(after).map(withoutLine)).toEqual(others.map(withoutLine));
  },
);

function withoutLine({ line: _, ...entry }: ReturnType<typeof entriesOf>[number]) {
  return { ...entry };
}

property(
  "Adding a key and removing it gives the former file, whose last line then has an end",
  1000,
  [anyFile, anyKey, goodList, comments, modes],
  (given, key, options, comment, mode) => {
    const { file } = withoutKeys(given, [key]);
    const added = withKey(file, { key, options, ...(comment !== undefined && { comment }) }, mode);
    if ("conflict" in added) throw new Error("A file without the key has a line of it.");
    const removed = withoutKeys(added.file, [key]).file.toString("latin1");
    const text = file.toString("latin1");
    expect(added.change).toBe("added");
    expect(text === "" || text.endsWith("\n") ? [text] : [`${text}\n`, `${text}\r\n`]).toContain(removed);
  },
);

property(
  "A line that was added is there with its options and its comment, and adding it again changes nothing",
  1000,
  [anyFile, anyKey, goodList, comments, modes],
  (file, key, options, comment, mode) => {
    const line = { key, options, ...(comment !== undefined && { comment }) };
    const added = withKey(file, line, mode);
    if ("conflict" in added) return;
    const again = withKey(added.file, line, mode);
    expect(again).toEqual({ file: added.file, change: "none" });
    const [first] = entriesOf(added.file).filter(
      (entry) =>
        entry.inert === undefined && !entry.isCertAuthority && entry.fingerprintSha256 === key.fingerprintSha256,
    );
    expect(first).toMatchObject({ options, publicKeyOpenssh: bare(key) });
  },
);

property(
  "An option is refused with a reason, or is on the line as it was given, and nothing else is",
  2000,
  [
    constantFrom("command", "environment", "from", "permitopen", "tunnel", "expiry-time", "x"),
    string({ unit: "binary" }),
  ],
  (name, value) => {
    const option = `${name}="${value}"`;
    const problem = checkLineOptions([option]);
    if (problem !== undefined) return;
    const line = keyLineText({ key: alice, options: [option], comment: "" });
    const entries = entriesOf(Buffer.from(`${line}\n`));
    expect(entries.map(({ options, comment }) => ({ options, comment }))).toEqual([{ options: [option], comment: "" }]);
  },
);
