import { randomBytes } from "node:crypto";
import { writeContainer } from "./openssh_container";
import type { PrivateKey } from "./private_key";
import { lengthPrefixed, mpint, takeFields } from "./wire";

/** Writes a key in OpenSSH's format, which every OpenSSH since 6.5 reads. Encrypted when there is a passphrase. */
export function writeOpensshPrivateKey(key: PrivateKey, comment: string, passphrase: string | undefined) {
  const { blob } = key.publicKey();
  const check = randomBytes(4);
  const fields = [...privateFields(key, blob), Buffer.from(comment)].map(lengthPrefixed);
  return writeContainer(blob, Buffer.concat([check, check, ...fields]), passphrase);
}

/** The private section of a key, without its check numbers and its comment. */
function privateFields({ algorithm, material }: PrivateKey, publicBlob: Buffer): Buffer[] {
  const { d, p, q, qi } = material.export({ format: "jwk" });
  const [type = empty, first = empty, second = empty] =
    takeFields(publicBlob, algorithm === "ed25519" ? 2 : 3)?.fields ?? [];
  if (algorithm === "ed25519") return [type, first, Buffer.concat([Buffer.from(d ?? "", "base64url"), first])];
  if (algorithm === "ecdsa") return [type, first, second, mpint(d)];
  return [type, second, first, ...[d, qi, p, q].map(mpint)];
}

const empty: Buffer = Buffer.alloc(0);
