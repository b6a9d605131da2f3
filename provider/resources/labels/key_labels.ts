import { hostKeyLabel, type Labels, prefix, sha256InHex } from "./reserved_labels";

/**
 * What labels of an instance tell of keys. They outlive the stack that set them, and the run that was about to.
 *
 * A key is *held* where a label says that it was given (`key.`, `key-md5.`). It is *being closed* where another label
 * (`closed.`) says so beside that one, and *closed* where that one stands alone: the first goes when the proof is done.
 */

/** What is known of a key by its fingerprints; each in its usual form. */
export interface Fingerprints {
  readonly fingerprintMd5?: string | undefined;
  readonly fingerprintSha256?: string | undefined;
}

/** The fingerprints of a key whose public half is known. */
export type BothFingerprints = { readonly [K in keyof Fingerprints]-?: string };

/** Labels to set, and with undefined, to take away. */
export type LabelChanges = Readonly<Record<string, string | undefined>>;

const heldPrefix = `${prefix}key.`;
const heldMd5Prefix = `${prefix}key-md5.`;
const closedPrefix = `${prefix}closed.`;

const bare = (fingerprintMd5: string) => fingerprintMd5.replaceAll(":", "");

/**
 * The label that says "this instance was given the key with this SHA256 fingerprint". It stays when the key is deleted
 * from the account, and so keeps the trace that the API may drop. Its value is `boot`; for a key that was added to the
 * running machine it is the MD5 fingerprint without colons, by which the account knows its keys, and where an Instance
 * did that, a dot and the Instance's owner (`ownerLabel`).
 *
 * @param fingerprintSha256 `SHA256:` and 43 characters of base64
 */
export function heldKeyLabel(fingerprintSha256: string): string {
  return heldPrefix + sha256InHex(fingerprintSha256).slice(0, 16);
}

/** The same for a key of which only the API's MD5 fingerprint is known: 16 pairs of hexadecimal digits and colons. */
export function heldKeyMd5Label(fingerprintMd5: string): string {
  return heldMd5Prefix + bare(fingerprintMd5);
}

/** The labels by which an instance may say that it was given a key. */
export function heldKeyLabels({ fingerprintMd5, fingerprintSha256 }: Fingerprints): string[] {
  return [
    ...(fingerprintSha256 ? [heldKeyLabel(fingerprintSha256)] : []),
    ...(fingerprintMd5 ? [heldKeyMd5Label(fingerprintMd5)] : []),
  ];
}

/**
 * The label that says "this key was taken off", by its MD5 fingerprint: that is how the API lists keys. Its value is the
 * digest of the host key of the machine that it was taken off, in the form of `hostKeyLabel`: a machine that was made anew
 * under the same identifier shows another.
 */
export function closedKeyLabel(fingerprintMd5: string): string {
  return closedPrefix + bare(fingerprintMd5);
}

/** The labels that say of keys that they were taken off. */
export function closedKeyLabels(labels: Labels = {}): string[] {
  return Object.keys(labels).filter((name) => name.startsWith(closedPrefix));
}

/** Whether labels say that a key is proven closed on the machine that has the host key which they tell of. */
export function isClosed(labels: Labels | undefined, key: Fingerprints): boolean {
  if (!labels || !key.fingerprintMd5 || heldKeyLabels(key).some((label) => label in labels)) return false;
  return isTakenOff(labels, key.fingerprintMd5, labels[hostKeyLabel]);
}

/** Whether labels say that a key was taken off the machine with this host key, or that somebody was about to. */
export function isTakenOff(
  labels: Labels | undefined,
  fingerprintMd5: string,
  hostKeyDigest: string | undefined,
): boolean {
  const host = labels?.[closedKeyLabel(fingerprintMd5)];
  return host !== undefined && host === hostKeyDigest;
}

/** A key that a label says the machine was given: the label, and what it tells of the key. */
export interface LabelledKey {
  readonly label: string;
  /** Beginning of its SHA-256, 16 hexadecimal digits. */
  readonly sha256Hex?: string;
  /** Its MD5 fingerprint, without colons. */
  readonly fingerprintMd5?: string;
  /** Owner of the Instance that added it, where one did. */
  readonly owner?: string;
}

/** Keys that labels say the machine was given. */
export function labelledKeys(labels: Labels = {}): LabelledKey[] {
  return Object.entries(labels).flatMap(([label, value]): LabelledKey[] => {
    if (label.startsWith(heldMd5Prefix)) return [{ label, fingerprintMd5: label.slice(heldMd5Prefix.length) }];
    if (!label.startsWith(heldPrefix)) return [];
    const [, fingerprintMd5, owner] = /^([0-9a-f]{32})(?:\.(.+))?$/.exec(value) ?? [];
    const known = { ...(fingerprintMd5 && { fingerprintMd5 }), ...(owner && { owner }) };
    return [{ label, sha256Hex: label.slice(heldPrefix.length), ...known }];
  });
}

/** Before a key is added: it is held from now on, whatever was said of it. */
export function labelsBeforeAdding(key: BothFingerprints, owner?: string): LabelChanges {
  const md5 = bare(key.fingerprintMd5);
  const held = owner === undefined ? md5 : `${md5}.${owner}`;
  return { [heldKeyLabel(key.fingerprintSha256)]: held, [closedKeyLabel(key.fingerprintMd5)]: undefined };
}

/** Before a key is taken off: whoever finds it refused by this host later knows that it was on its way. */
export function labelsBeforeRemoving(labels: Labels, key: Fingerprints, hostKeyDigest: string): LabelChanges {
  const { fingerprintMd5, fingerprintSha256 } = key;
  if (!fingerprintMd5) return {};
  const isHeld = heldKeyLabels(key).some((label) => label in labels);
  const label = fingerprintSha256 ? heldKeyLabel(fingerprintSha256) : heldKeyMd5Label(fingerprintMd5);
  return { ...(!isHeld && { [label]: bare(fingerprintMd5) }), [closedKeyLabel(fingerprintMd5)]: hostKeyDigest };
}

/** Once a key is proven closed. */
export function labelsOnceClosed(key: Fingerprints, hostKeyDigest: string): LabelChanges {
  const gone = Object.fromEntries(heldKeyLabels(key).map((label) => [label, undefined]));
  return { ...gone, ...(key.fingerprintMd5 && { [closedKeyLabel(key.fingerprintMd5)]: hostKeyDigest }) };
}
