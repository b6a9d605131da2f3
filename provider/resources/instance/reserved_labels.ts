/**
 * Labels that we keep on instances for ourselves: no program sees them in `labels`, and no change of `labels` drops
 * them. They are a state format, for they outlive the stack that set them.
 */
const prefix = "exoscale-ssh.";

/** Set by create with the digest of the resource's identity, cleared as its last step: who finds it may adopt. */
export const creatingLabel = `${prefix}creating`;

/**
 * Whose the instance is: a random value that also stands in the state of the one resource that made it or took it over.
 * A state that has another value is of before, and must not delete it.
 */
export const ownerLabel = `${prefix}owner`;

/** SHA256 of the host key that was seen at first contact, 64 hexadecimal digits. */
export const hostKeyLabel = `${prefix}hostkey`;

const heldKeyPrefix = `${prefix}key.`;
const heldKeyMd5Prefix = `${prefix}key-md5.`;

/** Labels as the API has them. */
export type Labels = Readonly<Record<string, string>>;

/**
 * The label that says "this instance was given the key with this SHA256 fingerprint". It stays when the key is deleted
 * from the account, and so keeps the trace that the API may drop.
 *
 * @param fingerprintSha256 `SHA256:` and 43 characters of base64
 */
export function heldKeyLabel(fingerprintSha256: string): string {
  return heldKeyPrefix + sha256InHex(fingerprintSha256).slice(0, 16);
}

/** The same for a key of which only the API's MD5 fingerprint is known: 16 pairs of hexadecimal digits and colons. */
export function heldKeyMd5Label(fingerprintMd5: string): string {
  return heldKeyMd5Prefix + fingerprintMd5.replaceAll(":", "");
}

/** `SHA256:` and base64, as 64 hexadecimal digits: all of them characters that any label takes. */
export function sha256InHex(fingerprint: string): string {
  return Buffer.from(fingerprint.replace(/^SHA256:/, ""), "base64").toString("hex");
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
