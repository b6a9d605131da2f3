import { type Credential, fingerprintOf } from "../connection/credentials";

/** Credentials without the removed keys; an agent no longer offers them. Fingerprints are SHA256. */
export function credentialsWithout(credentials: readonly Credential[], removed: ReadonlySet<string>): Credential[] {
  return credentials.flatMap((credential): Credential[] => {
    if ("agentSocket" in credential) {
      return [
        {
          ...credential,
          offers: (fingerprint) => !removed.has(fingerprint) && (credential.offers?.(fingerprint) ?? true),
        },
      ];
    }
    return removed.has(fingerprintOf(credential) ?? "") ? [] : [credential];
  });
}

/** The credential with this key and no other key: sshd counts every key that it refuses. */
export function credentialWith(credentials: readonly Credential[], fingerprintSha256: string): Credential[] {
  const exact = credentials.filter((credential) => fingerprintOf(credential) === fingerprintSha256);
  if (exact.length > 0) return exact.slice(0, 1);
  const isMeant = (fingerprint: string) => fingerprint === fingerprintSha256;
  return credentials.flatMap((credential) =>
    "agentSocket" in credential ? [{ agentSocket: credential.agentSocket, offers: isMeant }] : [],
  );
}
