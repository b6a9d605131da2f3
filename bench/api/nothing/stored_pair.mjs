// What a provider stores of an Ed25519 pair, in the lengths of the real values.

/** Hidden and default inputs, which check adds. */
export const checkedInputs = {
  adopt: false,
  algorithm: "ed25519",
  allowLockout: false,
  autoNamed: true,
  name: "pair-000-0000000",
  onDelete: "warn",
};

const md5 = Array(16).fill("00").join(":");

/** The text of the private key, which has to be a secret. */
const privateKeyOpenssh = "x".repeat(411);

/** The outputs besides the inputs. */
export const pairOutputs = {
  privateKeyOpenssh,
  publicKeyOpenssh: `ssh-ed25519 ${"A".repeat(68)} pair-000-0000000`,
  publicKeyFingerprintMd5: md5,
  publicKeyFingerprintSha256: `SHA256:${"A".repeat(43)}`,
  registeredFingerprintMd5: md5,
};
