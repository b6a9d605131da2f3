import type { SshKey } from "../../../account";
import { parseLoginKey } from "../../../keys/public_key";
import type { Fingerprints } from "../../labels/key_labels";

/** What is known of a key: its name, as the program or the API gives it, its public key, its fingerprints. */
export interface KeyFacts extends Fingerprints {
  readonly name: string;
  readonly publicKeyOpenssh?: string | undefined;
}

/** All facts that follow from the given ones, and from the key that the account has under the name. */
export function factsOf(
  { name, publicKeyOpenssh, fingerprintMd5 }: Omit<KeyFacts, "fingerprintSha256">,
  registered: readonly SshKey[] = [],
): KeyFacts {
  if (publicKeyOpenssh !== undefined) {
    const key = parseLoginKey(publicKeyOpenssh);
    return { name, publicKeyOpenssh, fingerprintMd5: key.fingerprintMd5, fingerprintSha256: key.fingerprintSha256 };
  }
  return { name, fingerprintMd5: fingerprintMd5 ?? registered.find((key) => key.name === name)?.fingerprint };
}

/** Whether two are the same key: by fingerprint if both are known, else by name. */
export function isSameKey(left: KeyFacts, right: KeyFacts): boolean {
  if (left.fingerprintSha256 && right.fingerprintSha256) return left.fingerprintSha256 === right.fingerprintSha256;
  if (left.fingerprintMd5 && right.fingerprintMd5) return left.fingerprintMd5 === right.fingerprintMd5;
  return left.name === right.name;
}
