import type { PublicKey } from "../../../provider/keys/public_key";
import { alice, bare, encoded, eve, fieldsOf, padded, rita } from "./keys";

/** A text for a key on a line, after options or without. */
export interface Spelling {
  readonly name: string;
  readonly key: PublicKey;
  readonly text: string;
}

const [point = Buffer.alloc(0)] = fieldsOf(alice);
const [e, n = Buffer.alloc(0)] = fieldsOf(rita);
const [curve = Buffer.alloc(0), q = Buffer.alloc(0)] = fieldsOf(eve);
const in64 = (key: PublicKey, at: number, between: string) => {
  const base64 = key.blob.toString("base64");
  return `${key.sshType} ${base64.slice(0, at)}${between}${base64.slice(at)}`;
};
const aliceAs = (name: string, ...fields: (string | Buffer)[]) => of(alice, name, `ssh-ed25519 ${encoded(...fields)}`);
const ritaAs = (name: string, word: string, ...fields: (string | Buffer)[]) =>
  of(rita, name, `${word} ${encoded(...fields)}`);
const eveAs = (name: string, word: string, ...fields: (string | Buffer)[]) =>
  of(eve, name, `${word} ${encoded(...fields)}`);

/** Texts in which sshd sees the key. */
export const sameKeys: readonly Spelling[] = [
  of(alice, "as ssh-keygen writes it", bare(alice)),
  of(alice, "with blanks and tabs between the words", bare(alice).replace(" ", " \t  ")),
  of(alice, "with a vertical tab in its base64", in64(alice, 30, "\v")),
  of(alice, "with a form feed and a carriage return in its base64", in64(alice, 9, "\f\r")),
  of(alice, "with a NUL and text behind it", `${bare(alice)}\0 and more`),
  aliceAs("with the short name inside", "ED25519", point),
  aliceAs("with the short name in lower case inside", "ed25519", point),
  aliceAs("with a NUL at the end of the name inside", "ssh-ed25519\0", point),
  of(rita, "named after the signature rsa-sha2-256", bare(rita).replace("ssh-rsa", "rsa-sha2-256")),
  of(rita, "named after the signature rsa-sha2-512", bare(rita).replace("ssh-rsa", "rsa-sha2-512")),
  ritaAs("named after signatures outside and inside", "rsa-sha2-512", "rsa-sha2-256", e ?? "", n),
  ritaAs("with the short name inside", "ssh-rsa", "Rsa", e ?? "", n),
  ritaAs("with zeros before the exponent", "ssh-rsa", "ssh-rsa", padded(e, 3), n),
  ritaAs(
    "with as many zeros before the modulus as sshd takes",
    "ssh-rsa",
    "ssh-rsa",
    e ?? "",
    padded(n, 2049 - n.length),
  ),
  eveAs("with NULs at the end of its names", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256\0", `${curve}\0`, q),
  of(eve, "with white space within its padding", in64(eve, eve.blob.toString("base64").length - 1, "\v")),
];

/** Texts that look like the key, in which sshd sees none. */
export const noKeys: readonly Spelling[] = [
  of(alice, "with the short name before it", bare(alice).replace("ssh-ed25519", "ED25519")),
  of(alice, "with the type in capitals", bare(alice).replace("ssh-ed25519", "SSH-ED25519")),
  of(alice, "with the type of another", bare(alice).replace("ssh-ed25519", "ssh-rsa")),
  of(alice, "with a no-break space in its base64", in64(alice, 30, "\u00a0")),
  of(alice, "with a blank in its base64", in64(alice, 30, " ")),
  of(alice, "with one letter less", bare(alice).slice(0, -1)),
  of(alice, "with padding that it has no use for", `${bare(alice)}====`),
  of(alice, "with the alphabet for addresses", `ssh-ed25519 ${alice.blob.toString("base64url").replaceAll("-", "_")}!`),
  of(alice, "behind a carriage return", `\r${bare(alice)}`),
  of(alice, "behind a vertical tab", `\v${bare(alice)}`),
  of(alice, "behind a NUL", `\0${bare(alice)}`),
  of(alice, "behind two options with a blank between them", `no-pty, no-X11-forwarding ${bare(alice)}`),
  of(alice, "behind a quote that never ends", `command="true ${bare(alice)}`),
  of(alice, "in a quote", `command="true" "${bare(alice)}"`),
  aliceAs("with two NULs at the end of the name inside", "ssh-ed25519\0\0", point),
  aliceAs("with a field too many", "ssh-ed25519", point, ""),
  aliceAs("with a point that is too short", "ssh-ed25519", point.subarray(1)),
  ritaAs(
    "with one zero more before the modulus than sshd takes",
    "ssh-rsa",
    "ssh-rsa",
    e ?? "",
    padded(n, 2050 - n.length),
  ),
  ritaAs("with a negative modulus", "ssh-rsa", "ssh-rsa", e ?? "", n.subarray(1)),
  eveAs("with the short name inside", "ecdsa-sha2-nistp256", "ECDSA", curve, q),
  eveAs("with the type of another curve", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp256", curve, q),
];

function of(key: PublicKey, name: string, text: string): Spelling {
  return { key, name, text };
}
