import { ExoscaleSshError } from "../errors";
import { rsaBits } from "./algorithm";
import { publicBlobIn } from "./openssh_private_key";
import { parsePrivateKey } from "./private_key";
import { onlyPrivateKeyBlock } from "./private_key_block";
import { type PublicKey, parsePublicKey } from "./public_key";
import { takeFields } from "./wire";

/**
 * The public half of a private key file, found without its passphrase. OpenSSH's format never encrypts it; in the other
 * formats it can be read only if the file is not encrypted.
 *
 * @returns undefined when the text holds no private key whose public half can be seen
 */
export function publicHalf(text: string): PublicKey | undefined {
  try {
    const block = onlyPrivateKeyBlock(text);
    return block.label === "OPENSSH PRIVATE KEY" ? fromBlob(publicBlobIn(block)) : parsePrivateKey(text).publicKey();
  } catch (error) {
    if (error instanceof ExoscaleSshError) return undefined;
    throw error;
  }
}

function fromBlob(blob: Buffer): PublicKey {
  const type = takeFields(blob, 1)?.fields[0]?.toString("latin1") ?? "";
  return parsePublicKey(`${type} ${blob.toString("base64")}`, rsaBits.minToLogIn);
}
