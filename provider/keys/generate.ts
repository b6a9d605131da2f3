import { generateKeyPair as generateKeyPairWithCallback, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { checkKeyOptions, type EcdsaCurve, type KeyOptions, keyKinds, rsaBits } from "./algorithm";
import { PrivateKey } from "./private_key";

const generateKeyPair = promisify(generateKeyPairWithCallback);

/**
 * Generates a private key on OpenSSL's worker threads: RSA-4096 takes about half a second, the others a millisecond.
 *
 * @throws UnsupportedKeyError for what `checkKeyOptions` refuses.
 */
export async function generatePrivateKey(options: KeyOptions): Promise<PrivateKey> {
  checkKeyOptions(options);
  return new PrivateKey((await generatePair(options)).privateKey);
}

function generatePair(options: KeyOptions): Promise<{ privateKey: KeyObject }> {
  switch (options.algorithm) {
    case "ed25519":
      return generateKeyPair("ed25519");
    case "rsa":
      return generateKeyPair("rsa", { modulusLength: options.rsaBits ?? rsaBits.default });
    case "ecdsa":
      return generateKeyPair("ec", { namedCurve: opensslCurve(options.ecdsaCurve ?? "P256") });
  }
}

function opensslCurve(curve: EcdsaCurve): string {
  return keyKinds.find((kind) => kind.ecdsaCurve === curve)?.opensslCurve ?? curve;
}
