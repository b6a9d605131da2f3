import { ExoscaleSshError } from "../errors";
import { publicBlobIn } from "./openssh_container";
import { parsePemPrivateKey } from "./private_key";
import { onlyPrivateKeyBlock } from "./private_key_block";
import { type PublicKey, parseLoginKey } from "./public_key";
import { takeFields } from "./wire";

/**
 * The public half of a private key file. OpenSSH's format never encrypts it; in the other formats an encrypted one needs
 * the passphrase.
 *
 * @returns undefined when the text holds no private key whose public half can be seen
 */
export function publicHalf(text: string, passphrase?: string): PublicKey | undefined {
  try {
    const block = onlyPrivateKeyBlock(text);
    if (block.label === "OPENSSH PRIVATE KEY") return fromBlob(publicBlobIn(block));
    return parsePemPrivateKey(block, passphrase).publicKey();
  } catch (error) {
    if (error instanceof ExoscaleSshError) return undefined;
    throw error;
  }
}

function fromBlob(blob: Buffer): PublicKey {
  const type = takeFields(blob, 1)?.fields[0]?.toString("latin1") ?? "";
  return parseLoginKey(`${type} ${blob.toString("base64")}`);
}
