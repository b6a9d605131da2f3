/**
 * Labels that we keep on instances for ourselves: no program sees them in `labels`, and no change of `labels` drops
 * them. They are a state format, for they outlive the stack that set them.
 */
const prefix = "exoscale-ssh.";

/** Set by create with the digest of the resource's identity, cleared as its last step: who finds it may adopt. */
export const creatingLabel = `${prefix}creating`;

/** Digest of the identity of the resource that the instance belongs to. */
export const identityLabel = `${prefix}identity`;

const heldKeyPrefix = `${prefix}key.`;

/** Labels as the API has them. */
export type Labels = Readonly<Record<string, string>>;

/**
 * The label that says "this instance was given the key with this SHA256 fingerprint". It stays when the key is deleted
 * from the account, and so keeps the trace that the API may drop.
 *
 * @param fingerprintSha256 `SHA256:` and 43 characters of base64
 */
export function heldKeyLabel(fingerprintSha256: string): string {
  const digest = Buffer.from(fingerprintSha256.replace(/^SHA256:/, ""), "base64").toString("hex");
  return heldKeyPrefix + digest.slice(0, 16);
}

/** The labels that belong to the program. */
export function programLabels(labels: Labels = {}): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !isReserved(name)));
}

/** Our own labels. */
export function reservedLabels(labels: Labels = {}): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => isReserved(name)));
}

/** Whether a label is one of ours. */
export function isReserved(name: string): boolean {
  return name.startsWith(prefix);
}
