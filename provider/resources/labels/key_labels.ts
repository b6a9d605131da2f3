import { HOST_KEY_LABEL, type Labels, RESERVED_PREFIX, sha256InHex } from "./reserved_labels";

/**
 * The labels of an instance that record its keys. They outlive the stack and the run that set them.
 *
 * A key is *held* if a label says that it was given (`key.`, `key-md5.`). It is *being closed* if it has a second label
 * (`closed.`) beside that one, and *closed* if it has only the second: the proof removes the first.
 */

/** The known fingerprints of a key, each in its usual form. */
export interface Fingerprints {
  readonly fingerprintMd5?: string | undefined;
  readonly fingerprintSha256?: string | undefined;
}

/** The fingerprints of a key whose public half is known. */
export type BothFingerprints = { readonly [K in keyof Fingerprints]-?: string };

/** Labels to set; those with undefined are removed. */
export type LabelChanges = Readonly<Record<string, string | undefined>>;

const HELD_PREFIX = `${RESERVED_PREFIX}key.`;
const HELD_MD5_PREFIX = `${RESERVED_PREFIX}key-md5.`;
const CLOSED_PREFIX = `${RESERVED_PREFIX}closed.`;

const withoutColons = (fingerprintMd5: string) => fingerprintMd5.replaceAll(":", "");

/**
 * The label that says "this instance was given the key with this SHA256 fingerprint". It stays when the key is deleted
 * from the account, when the API may forget the key. Its value is `boot` for a key of first boot. For a key that was
 * added to the running machine it is the MD5 fingerprint without colons, by which the account knows its keys; if an
 * Instance added it, a dot and the Instance's owner (`OWNER_LABEL`) follow.
 *
 * @param fingerprintSha256 `SHA256:` and 43 characters of base64
 */
export function heldKeyLabel(fingerprintSha256: string): string {
  return HELD_PREFIX + sha256InHex(fingerprintSha256).slice(0, 16);
}

/** The same for a key of which only the API's MD5 fingerprint is known: 16 pairs of hexadecimal digits and colons. */
export function heldKeyMd5Label(fingerprintMd5: string): string {
  return HELD_MD5_PREFIX + withoutColons(fingerprintMd5);
}

/** The labels that may record that an instance was given a key. */
export function heldKeyLabels({ fingerprintMd5, fingerprintSha256 }: Fingerprints): string[] {
  return [
    ...(fingerprintSha256 ? [heldKeyLabel(fingerprintSha256)] : []),
    ...(fingerprintMd5 ? [heldKeyMd5Label(fingerprintMd5)] : []),
  ];
}

/**
 * The label that says "this key was removed", by its MD5 fingerprint, as the API lists keys. Its value is the digest of
 * the host key of the machine that it was removed from, in the form of `HOST_KEY_LABEL`: a machine that was reinstalled
 * under the same identifier shows another host key.
 */
export function closedKeyLabel(fingerprintMd5: string): string {
  return CLOSED_PREFIX + withoutColons(fingerprintMd5);
}

/** The labels that record removed keys. */
export function closedKeyLabels(labels: Labels = {}): string[] {
  return Object.keys(labels).filter((name) => name.startsWith(CLOSED_PREFIX));
}

/** Whether labels say that a key is proven closed on the machine whose host key they record. */
export function isClosed(labels: Labels | undefined, key: Fingerprints): boolean {
  if (!labels || !key.fingerprintMd5 || heldKeyLabels(key).some((label) => label in labels)) return false;
  return isTakenOff(labels, key.fingerprintMd5, labels[HOST_KEY_LABEL]);
}

/** Whether labels say that a key was removed from the machine with this host key, or that its removal had begun. */
export function isTakenOff(
  labels: Labels | undefined,
  fingerprintMd5: string,
  hostKeyDigest: string | undefined,
): boolean {
  const host = labels?.[closedKeyLabel(fingerprintMd5)];
  return host !== undefined && host === hostKeyDigest;
}

/** A key that the machine was given according to a label: the label, and the facts in it. */
export interface LabelledKey {
  readonly label: string;
  /** Beginning of its SHA-256, 16 hexadecimal digits. */
  readonly sha256Hex?: string;
  /** Its MD5 fingerprint, without colons. */
  readonly fingerprintMd5?: string;
  /** Owner of the Instance that added it, if one did. */
  readonly owner?: string;
}

/** Keys that the machine was given according to its labels. */
export function labelledKeys(labels: Labels = {}): LabelledKey[] {
  return Object.entries(labels).flatMap(([label, value]): LabelledKey[] => {
    if (label.startsWith(HELD_MD5_PREFIX)) return [{ label, fingerprintMd5: label.slice(HELD_MD5_PREFIX.length) }];
    if (!label.startsWith(HELD_PREFIX)) return [];
    const [, fingerprintMd5, owner] = /^([0-9a-f]{32})(?:\.(.+))?$/.exec(value) ?? [];
    const known = { ...(fingerprintMd5 && { fingerprintMd5 }), ...(owner && { owner }) };
    return [{ label, sha256Hex: label.slice(HELD_PREFIX.length), ...known }];
  });
}

/** The changes before a key is added: it counts as held, and no longer as closed. */
export function labelsBeforeAdding(key: BothFingerprints, owner?: string): LabelChanges {
  const md5 = withoutColons(key.fingerprintMd5);
  const held = owner === undefined ? md5 : `${md5}.${owner}`;
  return { [heldKeyLabel(key.fingerprintSha256)]: held, [closedKeyLabel(key.fingerprintMd5)]: undefined };
}

/**
 * The changes before a key is removed. A later run that finds it refused by this host knows that its removal had begun.
 */
export function labelsBeforeRemoving(labels: Labels, key: Fingerprints, hostKeyDigest: string): LabelChanges {
  const { fingerprintMd5, fingerprintSha256 } = key;
  if (!fingerprintMd5) return {};
  const isHeld = heldKeyLabels(key).some((label) => label in labels);
  const label = fingerprintSha256 ? heldKeyLabel(fingerprintSha256) : heldKeyMd5Label(fingerprintMd5);
  return {
    ...(!isHeld && { [label]: withoutColons(fingerprintMd5) }),
    [closedKeyLabel(fingerprintMd5)]: hostKeyDigest,
  };
}

/** The changes after a key is proven closed. */
export function labelsOnceClosed(key: Fingerprints, hostKeyDigest: string): LabelChanges {
  const gone = Object.fromEntries(heldKeyLabels(key).map((label) => [label, undefined]));
  return { ...gone, ...(key.fingerprintMd5 && { [closedKeyLabel(key.fingerprintMd5)]: hostKeyDigest }) };
}
