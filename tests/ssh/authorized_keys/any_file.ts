/** Files of `authorized_keys` as fast-check makes them up: lines of keys, nearly such lines, and any bytes. */
import { type Arbitrary, array, constantFrom, oneof, string, tuple, uint8Array } from "fast-check";
import { bare } from "./keys";
import { askedKeys, keyTexts, options, pieces } from "./random_files";

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
const utf8 = (text: string) => Buffer.from(text).toString("latin1");

const blank = constantFrom(" ", " ", "\t", "  \t", ",", "");
const optionList = array(constantFrom(...options), { maxLength: 3 }).map((list) => list.join());
const comment = oneof(
  constantFrom("", "", " robot", " # no comment", " \ud83d\udd11", "\0behind", "\r", '"'),
  string({ unit: "binary", maxLength: 12 }).map((text) => ` ${utf8(text)}`),
  constantFrom(...askedKeys).map((key) => ` ${bare(key)}`),
);

const keyLine = tuple(
  constantFrom("", "", "", " ", "\t", "#", "\u00ef\u00bb\u00bf"),
  optionList,
  blank,
  constantFrom(...keyTexts),
  comment,
).map(([before, list, between, text, behind]) => `${before}${list}${list === "" ? "" : between}${text}${behind}`);
const jumble = array(constantFrom(...pieces), { maxLength: 8 }).map((some) => some.join(""));
const anyBytes = uint8Array({ maxLength: 60 }).map(latin1);
const longLine = constantFrom("x", " ", '"', "no-pty,", "AAAA").map((text) => text.repeat(4000));

const line = oneof({ arbitrary: keyLine, weight: 6 }, { arbitrary: oneof(jumble, anyBytes, longLine), weight: 2 });
const end = constantFrom("\n", "\n", "\n", "\r\n", "\n\n", "");

/** A file of up to eight lines. A line may have no end, so that the next one goes on in it. */
export const anyFile: Arbitrary<Buffer> = array(tuple(line, end), { maxLength: 8 }).map((lines) =>
  Buffer.from(lines.flat().join(""), "latin1"),
);

/** A key that such a file may have. */
export const anyKey = constantFrom(...askedKeys);
