/** Lines of public keys that something happened to: what we take, ssh-keygen takes for the same key. */
import { constantFrom, oneof, string, tuple } from "fast-check";
import { InvalidPublicKeyError } from "../../provider/errors";
import { type PublicKey, parseLoginKey, parsePublicKey } from "../../provider/keys/public_key";
import { casesOf, property } from "../properties";
import { alice, eve, eve384, eve521, rita } from "../ssh/authorized_keys/keys";
import { wire } from "./blobs";
import { mutations } from "./mutations";
import { shownByKeygen, testWith } from "./real_programs";

const token = wire("sk-ssh-ed25519@openssh.com", alice.blob.subarray(-32), "ssh:");
const lines = [
  ...[alice, eve, eve384, eve521, rita].map(({ openssh }) => openssh),
  `sk-ssh-ed25519@openssh.com ${token.toString("base64")}`,
];

const around = constantFrom("", "", "\n", "# a comment\n", " ", "\t", "\r\n", "\u00a0", "\ufeff", "no-pty ");
const comments = oneof(
  constantFrom("", " bob", "\tbob", " # bob"),
  string({ unit: "binary", maxLength: 10 }).map((text) => ` ${text}`),
);

const taken: { text: string; key: PublicKey }[] = [];

property(
  "The bytes of a key are refused with an error of ours, or are a key",
  1000,
  [constantFrom(...lines), mutations],
  (line, mutate) => {
    const [type = "", base64 = ""] = line.split(" ");
    const bytes = mutate(Buffer.from(base64, "base64"));
    take(`${type} ${bytes.toString("base64")}`);
  },
);

property(
  "A line is refused with an error of ours, or is a key",
  1000,
  [constantFrom(...lines), mutations, tuple(around, comments, around)],
  (line, mutate, [before, comment, behind]) => {
    take(mutate(Buffer.from(line)).toString());
    take(`${before}${line.split(" ").slice(0, 2).join(" ")}${comment}${behind}`);
  },
);

function take(text: string): void {
  for (const parse of [parsePublicKey, parseLoginKey]) {
    try {
      taken.push({ text, key: parse(text) });
    } catch (error) {
      if (!(error instanceof InvalidPublicKeyError)) throw error;
    }
  }
}

testWith("ssh-keygen", "Every line that is taken is that key for ssh-keygen, too", () => {
  const some = taken
    .filter(({ key: { openssh } }, at) => !lines.includes(openssh) || at % 20 === 0)
    .slice(0, casesOf(250));
  const shown = shownByKeygen(some.map(({ text }) => trimmed(text)));
  expect(some.length).toBeGreaterThan(50);
  expect(
    some.filter(({ key }, at) => shown[at]?.split(" ")[1] !== key.fingerprintSha256).map(({ text }) => text),
  ).toEqual([]);
});

/** Without a byte order mark or a no-break space around its lines, which we do not mind and ssh-keygen does. */
function trimmed(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .join("\n");
}
