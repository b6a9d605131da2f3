import { createPrivateKey, type KeyObject } from "node:crypto";
import { checkIterations } from "./derivation_work";
import { nodeForge } from "./libraries";
import { type PrivateKeyBlock, passphraseError, unusablePrivateKey } from "./private_key_block";

/** Reads PKCS#8, PKCS#1 and SEC1, plain or encrypted. */
export function readPemPrivateKey({ label, pem, body }: PrivateKeyBlock, passphrase: string | undefined): KeyObject {
  const hasHeader = /^Proc-Type: *4, *ENCRYPTED/m.test(body);
  if (!hasHeader && label !== "ENCRYPTED PRIVATE KEY") return readPlain(pem);
  if (!passphrase) throw passphraseError(passphrase);
  if (label === "ENCRYPTED PRIVATE KEY") checkIterations(Buffer.from(body, "base64"));
  return hasHeader && label === "RSA PRIVATE KEY" && /^DEK-Info: *DES-CBC,/m.test(body)
    ? readSingleDes(pem, passphrase)
    : readEncrypted(pem, passphrase);
}

function readPlain(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw unusablePrivateKey("its content is damaged or cut off, or of a kind that OpenSSL does not know");
  }
}

function readEncrypted(pem: string, passphrase: string): KeyObject {
  try {
    return createPrivateKey({ key: pem, passphrase });
  } catch (error) {
    throw opensslErrorCode(error) === "ERR_OSSL_EVP_UNSUPPORTED" ? unknownCipher() : passphraseError(passphrase);
  }
}

function opensslErrorCode(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}

/** OpenSSL 3 has no single DES, with which `ssh-keygen` and `openssl` encrypted RSA keys long ago. */
function readSingleDes(pem: string, passphrase: string): KeyObject {
  const { pki } = nodeForge();
  const bytes = Buffer.from(passphrase).toString("latin1");
  try {
    // For a wrong passphrase it gives null, contrary to its type, or throws when the padding happens to fit.
    return createPrivateKey(pki.privateKeyToPem(pki.decryptRsaPrivateKey(pem, bytes)));
  } catch {
    throw passphraseError(passphrase);
  }
}

function unknownCipher(): Error {
  const remedy = "change it with `openssl pkcs8 -topk8 -provider legacy -provider default -in FILE -out NEWFILE`";
  return unusablePrivateKey(`it is encrypted with a cipher that is not supported; ${remedy}`);
}
