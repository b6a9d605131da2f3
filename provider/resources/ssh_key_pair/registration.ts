import type { SshKeyPairState } from "./fields";

/** What tells one registration from another: a replacement may have put the same key under the same name anew. */
export function registrationOf(name: string, state: Pick<SshKeyPairState, "publicKeyFingerprintMd5">): string {
  return `${name} ${state.publicKeyFingerprintMd5}`;
}
