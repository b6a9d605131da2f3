import type { PublicKeyAlgorithm } from "./algorithm";
import { lengthPrefixed, takeFields } from "./wire";

/** A kind of key whose private half never leaves a FIDO token (OpenSSH's PROTOCOL.u2f). */
export interface SecurityKeyKind {
  /** Type word of the public key line and of the blob. */
  readonly sshType: string;
  readonly algorithm: PublicKeyAlgorithm;
  /** Type word of the plain key that it has inside. */
  readonly plainType: string;
  /** How many fields of the blob the plain key has, besides its type. */
  readonly plainFields: number;
}

/** Both kinds that OpenSSH has. */
export const securityKeyKinds: readonly SecurityKeyKind[] = [
  { sshType: "sk-ssh-ed25519@openssh.com", algorithm: "ed25519-sk", plainType: "ssh-ed25519", plainFields: 1 },
  {
    sshType: "sk-ecdsa-sha2-nistp256@openssh.com",
    algorithm: "ecdsa-sk",
    plainType: "ecdsa-sha2-nistp256",
    plainFields: 2,
  },
];

/**
 * The blob of the plain key inside the blob of a security key. The token's application comes after it.
 *
 * @returns undefined if it is no such blob
 */
export function plainBlobIn(kind: SecurityKeyKind, blob: Buffer): Buffer | undefined {
  const taken = takeFields(blob, kind.plainFields + 2);
  if (!taken || taken.rest.length > 0) return undefined;
  const [type, ...fields] = taken.fields;
  if (type?.toString("latin1") !== kind.sshType || fields.at(-1)?.includes(0)) return undefined;
  return Buffer.concat([Buffer.from(kind.plainType), ...fields.slice(0, -1)].map(lengthPrefixed));
}
