/** User data: what an instance gets is what the program gave, and our own part behind it. */
import { execFileSync } from "node:child_process";
import { gunzipSync, gzipSync } from "node:zlib";
import { type Arbitrary, array, constantFrom, oneof, sample, string, tuple, uint8Array } from "fast-check";
import { setsHostKeys } from "../../provider/resources/instance/pin_host_key/cloud_init";
import {
  generateInjectedKey,
  type InjectedKey,
  injectedKeyIn,
  sameButForKey,
  withInjectedKey,
} from "../../provider/resources/instance/pin_host_key/injection";
import { decodeUserData, encodeUserData } from "../../provider/resources/instance/user_data";
import { property, settings } from "../properties";
import { describeWithPython, python } from "./pin_host_key/python";

let key: InjectedKey;
let other: InjectedKey;
beforeAll(async () => {
  [key, other] = [await generateInjectedKey(), await generateInjectedKey()];
});

const lines = array(
  oneof(
    string(),
    string({ unit: "binary" }),
    constantFrom("ssh_keys:", "--", "--=", "\r", "From x", ".", "#cloud-config"),
  ),
).map((all) => all.join("\n"));
const beginning = constantFrom(
  "#!/bin/sh\n",
  "#cloud-config\n",
  "#include\n",
  "## template: jinja\n",
  "\ufeff#!",
  "{",
  "<script>",
  "",
  "\n",
);
const text = tuple(beginning, lines).map((parts) => parts.join(""));
const encoded = oneof(text, uint8Array()).map((content) => Buffer.from(content).toString("base64"));
const broken = encoded.map((base64) => base64.replace(/.{20}/g, "$&\n"));
const zipped = text.map((content) => gzipSync(content).toString("base64"));
const anyUserData = oneof(text, encoded, broken, zipped, string({ unit: "binary" })).filter((data) => data !== "");

const content = (sent: string) => Buffer.from(sent, "base64");

property("An instance gets the text, or the content of a text that is base64", 2000, [anyUserData], (userData) => {
  const sent = encodeUserData(userData);
  const isAsGiven = content(sent).equals(Buffer.from(userData));
  expect(isAsGiven || sent === userData.replace(/\s/g, "")).toBe(true);
  expect(content(sent).toString("base64")).toBe(sent);
});

property(
  "What was sent is read as what the program gave, or as a text that means the same",
  2000,
  [anyUserData],
  (userData) => {
    const sent = encodeUserData(userData);
    expect(decodeUserData(sent, userData)).toBe(userData);
    expect(encodeUserData(decodeUserData(sent, ""))).toBe(sent);
  },
);

property(
  "An injected key is found, and is the only difference to another one",
  500,
  [anyUserData, anyUserData],
  (userData, another) => {
    const [mine, theirs, different] = [
      withInjectedKey(userData, key),
      withInjectedKey(userData, other),
      withInjectedKey(another, other),
    ];
    expect(injectedKeyIn(mine)).toEqual(key);
    expect(sameButForKey(mine, theirs)).toBe(true);
    expect(sameButForKey(mine, different)).toBe(unpacked(userData).equals(unpacked(another)));
  },
);

property("User data that looks like ours, or nearly, is read without an error", 1000, [lookalikes()], (userData) => {
  const found = injectedKeyIn(Buffer.from(userData).toString("base64"));
  expect(found === undefined || typeof found.privateKey === "string").toBe(true);
});

/** Texts with pieces of our part. */
function lookalikes(): Arbitrary<string> {
  const first = "#cloud-config\n# exoscale-ssh: a host key for the first contact, which the host replaces.\n";
  const pieces = ['{"ssh_keys":', "null", "{}", "}", "[]", '{"ed25519_private":"x","ed25519_public":"y"}', '"', "\n"];
  return array(oneof(constantFrom(first, ...pieces), string({ maxLength: 3 }))).map((all) => all.join(""));
}

/** What cloud-init reads: the content, decompressed. */
function unpacked(userData: string): Buffer {
  const bytes = content(encodeUserData(userData));
  try {
    return gunzipSync(bytes);
  } catch {
    return bytes;
  }
}

/** For each message, its parts that contain no other parts, as Python's email module reads them, in base64. */
const program = `
import base64, email, gzip, json, sys
def leaves(sent):
    content = base64.b64decode(sent)
    if content[:2] == b"\\x1f\\x8b":
        content = gzip.decompress(content)
    message = email.message_from_bytes(content)
    return [base64.b64encode(part.get_payload(decode=True)).decode() for part in message.walk() if not part.is_multipart()]
json.dump([leaves(sent) for sent in json.load(sys.stdin)], sys.stdout)
`;

const parts = tuple(
  constantFrom("text/x-shellscript", "text/cloud-config"),
  oneof(lines, constantFrom("ssh_keys: {}")),
  constantFrom("8bit", "base64"),
);

/** A message of up to three parts. */
const messages = array(parts, { minLength: 1, maxLength: 3 }).map((all) =>
  [
    'Content-Type: multipart/mixed; boundary="=-="',
    "MIME-Version: 1.0\n",
    ...all.flatMap(([type, body, encoding]) => [
      "--=-=",
      `Content-Type: ${type}`,
      `Content-Transfer-Encoding: ${encoding}\n`,
      encoding === "base64" ? Buffer.from(body).toString("base64") : body,
    ]),
    "--=-=--\n",
  ].join("\n"),
);

property(
  "Whether user data sets host keys is said without an error",
  1000,
  [oneof(messages, anyUserData, lookalikes())],
  (userData) => {
    const halves = [userData, userData.slice(0, userData.length / 2)];
    expect(halves.map((half) => typeof setsHostKeys(half))).toEqual(["boolean", "boolean"]);
  },
);

describeWithPython("Python's email module", () => {
  test("reads the program's part byte for byte, and then ours", () => {
    const all = sample(anyUserData, settings(400)).filter(
      (userData) => !/mime-version:/i.test(unpacked(userData).toString()),
    );
    expect(leavesOf(all.map((userData) => withInjectedKey(userData, key)))).toEqual(
      all.map((userData) => [unpacked(userData).toString("base64"), ourPart()]),
    );
  });

  test("reads the parts of the program's message as they were, and then ours", () => {
    const all = sample(messages, settings(200));
    const alone = leavesOf(all.map((message) => Buffer.from(message).toString("base64")));
    expect(leavesOf(all.map((message) => withInjectedKey(message, key)))).toEqual(
      alone.map((read) => [...read, ourPart()]),
    );
  });
});

function ourPart(): string {
  return content(withInjectedKey(undefined, key)).toString("base64");
}

function leavesOf(sent: readonly string[]): string[][] {
  const options = { input: JSON.stringify(sent), encoding: "utf8", maxBuffer: 2 ** 28 } as const;
  return JSON.parse(execFileSync(python ?? "", ["-c", program], options));
}
