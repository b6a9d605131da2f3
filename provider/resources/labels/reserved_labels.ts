import { createHash } from "node:crypto";

/**
 * Labels of instances that are reserved for the provider: no program sees them in `labels`, and no change of `labels`
 * removes them. They are a state format, because they outlive the stack that set them.
 */
/** The beginning of all reserved labels. */
export const RESERVED_PREFIX = "exoscale-ssh.";

/**
 * Set by create with the digest of the resource's identity. Removed as soon as it is certain that a state has the
 * instance. Until then a later run may adopt it.
 */
export const CREATING_LABEL = `${RESERVED_PREFIX}creating`;

/**
 * Set by create with the same digest, kept up to date by update, and never removed: the resource that had the instance
 * last. If the engine could not save the instance at all, this is what tells it from a stranger's.
 */
export const RESOURCE_LABEL = `${RESERVED_PREFIX}resource`;

/**
 * The owner of the instance: a random value that is also in the inputs of the one resource that created or adopted it.
 * A state with another value is out of date, and its resource must not delete the instance.
 */
export const OWNER_LABEL = `${RESERVED_PREFIX}owner`;

/** SHA256 of the host key that was seen at the first connection, 64 hexadecimal digits. */
export const HOST_KEY_LABEL = `${RESERVED_PREFIX}hostkey`;

/** Labels as the API has them. */
export type Labels = Readonly<Record<string, string>>;

/** The host key in the labels, as a fingerprint to expect, `SHA256:...`; empty if they have none. */
export function pinOf(labels: Labels = {}): string[] {
  const digest = labels[HOST_KEY_LABEL];
  return digest === undefined ? [] : [`SHA256:${Buffer.from(digest, "hex").toString("base64").replace(/=+$/, "")}`];
}

/** `SHA256:` and base64, as 64 hexadecimal digits, which every label accepts. */
export function sha256InHex(fingerprint: string): string {
  return Buffer.from(fingerprint.replace(/^SHA256:/, ""), "base64").toString("hex");
}

/** The same for a known host key in any form that a connection takes: a fingerprint, or `type base64`. */
export function digestOfPin(pin: string): string {
  const base64 = /(?:^|\s)(AAAA[A-Za-z0-9+/]+={0,2})(?:\s|$)/.exec(pin)?.[1];
  if (base64 === undefined) return sha256InHex(pin.trim());
  return createHash("sha256").update(Buffer.from(base64, "base64")).digest("hex");
}

/** The labels that belong to the program. */
export function programLabels(labels: Labels = {}): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !isReserved(name)));
}

/** The labels that are reserved for the provider. */
export function reservedLabels(labels: Labels = {}): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => isReserved(name)));
}

/** Whether a label is reserved for the provider. */
export function isReserved(name: string): boolean {
  return name.startsWith(RESERVED_PREFIX);
}
