import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parsePublicKey } from "../../../provider/keys/public_key";
import { type AuthorizedEntry, entriesOf } from "../../../provider/ssh/authorized_keys/entry";
import { alice, aliceOnToken, bare, bob, certificate, dora, eve, eve384, eve521, rita, small } from "./keys";
import { sameKeys } from "./spellings";

const A = bare(alice);

/** The one entry of a line in latin-1. */
function entryOf(line: string): AuthorizedEntry | undefined {
  const [entry, ...more] = entriesOf(Buffer.from(line, "latin1"));
  expect(more).toEqual([]);
  return entry;
}

describe("An entry", () => {
  test("has everything about a line", () => {
    expect(entryOf(`# keys\n\ncommand="a, b",no-pty ${A} alice@laptop\n`)).toEqual({
      line: 3,
      type: "ssh-ed25519",
      fingerprintSha256: alice.fingerprintSha256,
      publicKeyOpenssh: A,
      options: ['command="a, b"', "no-pty"],
      comment: "alice@laptop",
      isCertAuthority: false,
      forcesCommand: true,
    });
  });

  test.each(sameKeys)("names a key the same $name: $key.sshType", ({ key, text }) => {
    expect(entryOf(`${text}\n`)).toMatchObject({
      type: key.sshType,
      fingerprintSha256: key.fingerprintSha256,
      publicKeyOpenssh: bare(key),
    });
  });

  test.each([
    ["a DSA key", dora, "ssh-dss"],
    ["a certificate", certificate, "ssh-ed25519-cert-v01@openssh.com"],
  ])("names %s by type and fingerprint, without a public key to ask about", (_name, text, type) => {
    expect(entryOf(text)).toEqual({
      ...entryOf(text),
      type,
      fingerprintSha256: expect.stringMatching(/^SHA256:[\w+/]{43}$/),
    });
    expect(entryOf(text)?.publicKeyOpenssh).toBeUndefined();
  });

  test.each([
    ["a security key", aliceOnToken],
    ["a small RSA key", small],
  ])("has the public key of %s, to ask about and to remove", (_name, text) => {
    expect(entryOf(text)?.publicKeyOpenssh).toBe(text.split(" ").slice(0, 2).join(" "));
  });

  test("of a certificate is not named like the key in it", () => {
    expect(entryOf(certificate)?.fingerprintSha256).not.toBe(alice.fingerprintSha256);
  });

  test.each([
    ["is empty where there is none", A, ""],
    ["loses the blanks around it", `${A} \t a  b \r\n`, "a  b"],
    ["is read as UTF-8", `${A} J\u00c3\u00b6rg`, "J\u00f6rg"],
    ["is read as latin-1 where it is no UTF-8", `${A} J\u00f6rg`, "J\u00f6rg"],
    ["has no control characters", `${A} a\u001b[31mb\u0007`, "a [31mb"],
    ["ends at a NUL", `${A} a\0b`, "a"],
    ["may be a key", `${A} ${bare(bob)}`, bare(bob)],
  ])("has a comment that %s", (_name, line, comment) => {
    expect(entryOf(line)?.comment).toBe(comment);
  });

  test.each([
    ['from="a,b",command="c \\" d"', ['from="a,b"', 'command="c \\" d"']],
    [",,restrict,,pty,", ["restrict", "pty"]],
    ["No-PTY", ["No-PTY"]],
    ['a\\"b,c', ['a\\"b', "c"]],
    ['command="J\u00c3\u00b6rg"', ['command="J\u00f6rg"']],
  ])("has the options of %j one by one", (text, options) => {
    expect(entryOf(`${text} ${A}`)?.options).toEqual(options);
  });

  test("says that a key is a certificate authority, or runs a command, in capitals too", () => {
    expect(entryOf(`CERT-AUTHORITY,Command="x" ${A}`)).toMatchObject({ isCertAuthority: true, forcesCommand: true });
  });

  test("does not treat a command in quotes as a forced one", () => {
    expect(entryOf(`environment="X=command=y,cert-authority" ${A}`)).toMatchObject({
      isCertAuthority: false,
      forcesCommand: false,
    });
  });
});

describe("An entry that sshd ignores says why", () => {
  test.each([
    ["a byte order mark", `\u00ef\u00bb\u00bf${A}`, "a byte order mark is before it"],
    ["a certificate", certificate, "it is a certificate, which opens nothing in this file"],
    ["a DSA key", dora, "it is a DSA key, which OpenSSH has refused since 7.0"],
    ["an unknown option", `no-such ${A}`, 'its option "no-such" is not known'],
    ["a value without quotes", `from=192.0.2.1 ${A}`, 'the quotes of its option "from=192.0.2.1" are wrong'],
    ["text behind a quote", `command="a"b ${A}`, 'the quotes of its option "command=\\"a\\"b" are wrong'],
    [
      "a month too many",
      `expiry-time="20301301" ${A}`,
      'the value of its option "expiry-time=\\"20301301\\"" is malformed',
    ],
    ["two commands", `command="a",command="b" ${A}`, "it has option command= more than once"],
    ["principals", `principals="a" ${A}`, "its option principals= is for a line with cert-authority only"],
  ])("%s", (_name, line, inert) => {
    expect(entryOf(line)?.inert).toBe(inert);
  });

  test.each([A, `restrict, ${A}`, `from="192.0.2.1" ${A}`, `expiry-time="20200101" ${A}`, `cert-authority ${A}`])(
    "and one that it may heed says nothing: %s",
    (line) => {
      expect(entryOf(line)).not.toHaveProperty("inert");
    },
  );
});

test("Entries have the fingerprints that ssh-keygen prints for the same file", () => {
  const keys = [alice, bob, rita, eve, eve384, eve521].map(({ openssh }) => `no-pty ${openssh}`);
  const file = [...keys, aliceOnToken, small, "# end"].join("\n");
  const folder = mkdtempSync(join(tmpdir(), "entries-"));
  writeFileSync(join(folder, "authorized_keys"), file);
  const printed = execFileSync("ssh-keygen", ["-lf", join(folder, "authorized_keys")], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  expect(entriesOf(Buffer.from(file)).map(({ fingerprintSha256 }) => fingerprintSha256)).toEqual(
    printed
      .trim()
      .split("\n")
      .map((line) => line.split(" ")[1]),
  );
});

test("The public key of an entry is one that can be asked about", () => {
  const [entry] = entriesOf(Buffer.from(`rsa-sha2-512 ${rita.blob.toString("base64")}`));
  expect(parsePublicKey(entry?.publicKeyOpenssh ?? "").fingerprintSha256).toBe(rita.fingerprintSha256);
});
