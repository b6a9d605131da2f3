import { createHash } from "node:crypto";

/**
 * Labels that we keep on instances for ourselves: no program sees them in `labels`, and no change of `labels` drops
 * them. They are a state format, for they outlive the stack that set them.
 */
/** What all of them begin with. */
export const prefix = "exoscale-ssh.";

/** Set by create with the digest of the resource's identity, cleared as its last step: who finds it may adopt. */
export const creatingLabel = `${prefix}creating`;

/**
 * Whose the instance is: a random value that also stands in the state of the one resource that made it or took it over.
 * A state that has another value is of before, and must not delete it.
 */
export const ownerLabel = `${prefix}owner`;

/** SHA256 of the host key that was seen at first contact, 64 hexadecimal digits. */
export const hostKeyLabel = `${prefix}hostkey`;

/** Labels as the API has them. */
export type Labels = Readonly<Record<string, string>>;

/** The host key that labels tell of, as a fingerprint, `SHA256:...`, to expect; empty where they tell of none. */
export function pinOf(labels: Labels = {}): string[] {
  const digest = labels[hostKeyLabel];
  return digest === undefined ? [] : [`SHA256:${Buffer.from(digest, "hex").toString("base64").replace(/=+$/, "")}`];
}

/** `SHA256:` and base64, as 64 hexadecimal digits: all of them characters that any label takes. */
export function sha256InHex(fingerprint: string): string {
  return Buffer.from(fingerprint.replace(/^SHA256:/, ""), "base64").toString("hex");
}

/** The same of a known host key in any form that a connection takes: a fingerprint, or `type base64`. */
export function digestOfPin(pin: string): string {
  const base64 = /(?:^|\s)(AAAA[A-Za-z0-9+/]+={0,2})(?:\s|$)/.exec(pin)?.[1];
  if (base64 === undefined) return sha256InHex(pin.trim());
  return createHash("sha256").update(Buffer.from(base64, "base64")).digest("hex");
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
