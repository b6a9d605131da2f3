import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseFingerprint } from "../../provider/keys/fingerprint";
import { parsePublicKey } from "../../provider/keys/public_key";

const line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG3g8V0hKTHvKUyd3gD6yRqJD5PVlqNpkiAdbFDoddMK bob@example";
const fingerprintMd5 = "15:37:b7:54:11:99:7f:51:01:10:58:f4:58:f8:25:95";
const fingerprintSha256 = "SHA256:Qnno4sSTQtZGuRgpSAXygh5E6dP/odTRreO+3bOdHio";
const base64 = fingerprintSha256.slice(7);

test("both fingerprints are those of the key", () => {
  expect(parsePublicKey(line)).toMatchObject({ fingerprintMd5, fingerprintSha256 });
});

describe("An MD5 fingerprint is read", () => {
  test.each([
    ["with colons", fingerprintMd5],
    ["in capitals", fingerprintMd5.toUpperCase()],
    ["without colons", fingerprintMd5.replaceAll(":", "")],
    ["with the prefix of ssh-keygen", `MD5:${fingerprintMd5}`],
    ["with blanks around it", ` ${fingerprintMd5}\n`],
    ["in a line of ssh-keygen", `256 MD5:${fingerprintMd5} bob@example (ED25519)`],
    ["in a line of an old ssh-keygen", `2048 ${fingerprintMd5} bob@example (RSA)`],
    ["in a line of puttygen", `ssh-ed25519 255 ${fingerprintMd5} bob`],
  ])("%s", (_how, text) => {
    expect(parseFingerprint(text)).toEqual({ fingerprintMd5 });
  });
});

describe("A SHA256 fingerprint is read", () => {
  test.each([
    ["with its prefix", fingerprintSha256],
    ["without its prefix", base64],
    ["with the padding that ssh-keygen leaves out", `${fingerprintSha256}=`],
    ["with blanks around it", `\t${fingerprintSha256} \r\n`],
    ["in a line of ssh-keygen", `256 ${fingerprintSha256} bob@example (ED25519)`],
    ["in a line without a comment", `256 ${fingerprintSha256} no comment (ED25519)`],
    ["in a line of puttygen", `ssh-ed25519 255 ${fingerprintSha256}`],
  ])("%s", (_how, text) => {
    expect(parseFingerprint(text)).toEqual({ fingerprintSha256 });
  });
});

describe("No fingerprint is", () => {
  test.each([
    ["any word", "nonsense"],
    ["an empty text", " \n"],
    ["an MD5 fingerprint that lacks a digit", fingerprintMd5.slice(1)],
    ["one that lacks a colon", fingerprintMd5.replace(":", "")],
    ["a SHA256 fingerprint that lacks a character", fingerprintSha256.slice(0, -1)],
    ["43 characters that are no 32 bytes", `SHA256:${base64.slice(0, -1)}p`],
    ["a SHA256 fingerprint behind the prefix of MD5", `MD5:${base64}`],
    ["a public key", line],
    ["two fingerprints", `${fingerprintSha256} ${fingerprintSha256}`],
  ])("%s", (_what, text) => {
    expect(parseFingerprint(text)).toBeUndefined();
  });
});

test.each(["md5", "sha256"])("what this machine's ssh-keygen prints as %s is read", (digest) => {
  const folder = mkdtempSync(join(tmpdir(), "fingerprint-"));
  writeFileSync(join(folder, "key.pub"), `${line}\n`);
  const printed = execFileSync("ssh-keygen", ["-l", "-E", digest, "-f", join(folder, "key.pub")], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  expect(parseFingerprint(printed)).toEqual(digest === "md5" ? { fingerprintMd5 } : { fingerprintSha256 });
});
