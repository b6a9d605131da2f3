import { InvalidPublicKeyError } from "../errors";
import { type KeyKind, keyKinds, whyTypeIsRefused } from "./algorithm";
import { breaksLines, cleanComment } from "./comment";
import { type SecurityKeyKind, securityKeyKinds } from "./security_key";

/** The three words of a public key line, not yet decoded. */
export interface PublicKeyLine {
  readonly kind: KeyKind | SecurityKeyKind;
  readonly base64: string;
  readonly comment: string;
}

/**
 * Splits the text of a `.pub` file into type, base64 and comment. Lines that begin with # are left out, as ssh-keygen and
 * sshd do.
 *
 * @throws InvalidPublicKeyError when the text is anything but one such line. The message repeats no part of the text,
 * which may be a private key by mistake.
 */
export function splitPublicKeyLine(text: string): PublicKeyLine {
  for (const { pattern, reason } of otherFormats) if (pattern.test(text)) throw unusablePublicKey(reason);
  const line = onlyLine(text);
  if (breaksLines(line.replaceAll("\t", " "))) throw unusablePublicKey("it contains control characters; remove them");
  const [, word = "", base64 = "", comment = ""] = /^([^ \t]+)(?:[ \t]+([^ \t]+))?(?:[ \t]+(.*))?$/su.exec(line) ?? [];
  const kind = [...keyKinds, ...securityKeyKinds].find(({ sshType }) => sshType === word);
  if (!kind) throw unusablePublicKey(whyTypeIsUnknown(word, line));
  if (base64 === "") throw unusablePublicKey("only its type is there; give the whole line, type, base64 and comment");
  return { kind, base64, comment: cleanComment(comment) };
}

const otherFormats = [
  { pattern: /^\s*$/, reason: `it is empty; give one line such as "ssh-ed25519 AAAA... comment"` },
  {
    pattern: /BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY|^PuTTY-User-Key-File-/m,
    reason: "it is a PRIVATE key; give the public half (the .pub file), or use the privateKey input",
  },
  {
    pattern: /---- BEGIN SSH2 PUBLIC KEY/,
    reason: "it is in RFC 4716 format; convert it with `ssh-keygen -i -f FILE`",
  },
  {
    pattern: /-----BEGIN PUBLIC KEY/,
    reason: "it is a PEM public key; convert it with `ssh-keygen -i -m PKCS8 -f FILE`",
  },
  {
    pattern: /-----BEGIN RSA PUBLIC KEY/,
    reason: "it is a PEM public key; convert it with `ssh-keygen -i -m PEM -f FILE`",
  },
];

function onlyLine(text: string): string {
  const [line = "", ...more] = text
    .split(/\r\n|\r|\n/)
    .map((candidate) => candidate.trim())
    .filter((candidate) => candidate !== "" && !candidate.startsWith("#"));
  if (line === "") throw unusablePublicKey("all of its lines are comments (#); give one line with a key");
  if (more.length > 0) throw unusablePublicKey(`it has ${more.length + 1} lines; give exactly one key on one line`);
  return line;
}

function whyTypeIsUnknown(word: string, line: string): string {
  const refused = whyTypeIsRefused(word);
  if (refused) return refused;
  if (/\s(?:ssh|ecdsa|sk|rsa)-[\w@.-]+[ \t]+AAAA/.test(line)) {
    return "it has options before the key type (from=, command= and the like); remove the options";
  }
  if (/^AAAA/.test(word)) return "its type is missing; give the whole line, type, base64 and comment";
  if (/^\S+\.pub$/.test(line)) return "it looks like the path of a file; give the content of that file";
  return `it does not start with a key type; give one line such as "ssh-ed25519 AAAA... comment"`;
}

/** The error for a public key that cannot be used, with the reason as the end of its sentence. */
export function unusablePublicKey(reason: string): InvalidPublicKeyError {
  return new InvalidPublicKeyError(`Not a usable SSH public key: ${reason}.`);
}
