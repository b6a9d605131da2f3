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

const closedPrefix = `${prefix}closed.`;

/**
 * The label that says "this key was taken off this machine and is proven to be refused", by its MD5 fingerprint: that is
 * how the API lists keys. Its value is the digest of the host key of the machine that refused it, in the form of
 * `hostKeyLabel`, so that a machine which was made anew under the same identifier is not taken for it.
 */
export function closedKeyLabel(fingerprintMd5: string): string {
  return closedPrefix + fingerprintMd5.replaceAll(":", "");
}

/** The labels that say of keys that they are closed. */
export function closedLabels(labels: Labels = {}): string[] {
  return Object.keys(labels).filter((name) => name.startsWith(closedPrefix));
}

/** Whether labels say that a key is closed on the machine that has the host key which they tell of. */
export function isClosed(labels: Labels | undefined, fingerprintMd5: string): boolean {
  const host = labels?.[closedKeyLabel(fingerprintMd5)];
  return host !== undefined && host === labels?.[hostKeyLabel];
}

/** The host key that labels tell of, as a fingerprint, `SHA256:...`, to expect; empty where they tell of none. */
export function pinOf(labels: Labels = {}): string[] {
  const digest = labels[hostKeyLabel];
  return digest === undefined ? [] : [`SHA256:${Buffer.from(digest, "hex").toString("base64").replace(/=+$/, "")}`];
}

/** A key that a label says the machine was given: the label, and what it tells of the key. */
export interface LabelledKey {
  readonly label: string;
  /** Beginning of its SHA-256, 16 hexadecimal digits. */
  readonly sha256Hex?: string;
  /** Its MD5 fingerprint, without colons. */
  readonly fingerprintMd5?: string;
}

/** Keys that labels say the machine was given. */
export function labelledKeys(labels: Labels = {}): LabelledKey[] {
  return Object.entries(labels).flatMap(([label, value]): LabelledKey[] => {
    const isMd5 = /^[0-9a-f]{32}$/.test(value);
    if (label.startsWith(heldKeyPrefix)) {
      return [{ label, sha256Hex: label.slice(heldKeyPrefix.length), ...(isMd5 && { fingerprintMd5: value }) }];
    }
    if (label.startsWith(heldKeyMd5Prefix)) return [{ label, fingerprintMd5: label.slice(heldKeyMd5Prefix.length) }];
    return [];
  });
}

/** Labels as the API has them. */
export type Labels = Readonly<Record<string, string>>;

/**
 * The label that says "this instance was given the key with this SHA256 fingerprint". It stays when the key is deleted
 * from the account, and so keeps the trace that the API may drop. Its value is `boot`, or for a key that was added to the
 * running machine its MD5 fingerprint without colons: by that the account knows its keys.
 *
 * @param fingerprintSha256 `SHA256:` and 43 characters of base64
 */
export function heldKeyLabel(fingerprintSha256: string): string {
  return heldKeyPrefix + sha256InHex(fingerprintSha256).slice(0, 16);
}

/** That label with its value, for a key that is about to be added to a running machine. */
export function heldKeyEntry(key: { readonly fingerprintSha256: string; readonly fingerprintMd5: string }) {
  return [heldKeyLabel(key.fingerprintSha256), key.fingerprintMd5.replaceAll(":", "")] as const;
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
