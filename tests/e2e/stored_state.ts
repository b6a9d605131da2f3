import { readFileSync } from "node:fs";

/** A resource in the state. Secrets are encrypted. */
export interface StateResource {
  readonly urn: string;
  readonly id?: string;
  readonly type: string;
  readonly inputs: Record<string, unknown>;
  readonly outputs: Record<string, unknown>;
}

/** The state file of a stack. */
export interface StoredState {
  /** All resources, and the stack itself. Absent in a stack that was never updated. */
  readonly resources?: readonly StateResource[];
  /** The encryption of its secrets: with a passphrase and this salt. */
  readonly secrets_providers?: { readonly state?: { readonly salt?: string } };
}

/** Reads the state from a file. */
export function storedState(file: string): StoredState {
  return JSON.parse(readFileSync(file, "utf8")).checkpoint.latest ?? {};
}

/** Every resource in a state file, and the stack itself. */
export function storedResources(file: string): readonly StateResource[] {
  return storedState(file).resources ?? [];
}

/** Whether a resource is declared from this package. A provider that the engine stores is not. */
export function isDeclared(resource: StateResource): boolean {
  return isOfThePackage(resource) && !resource.type.startsWith("pulumi:providers:");
}

/** Whether a resource is of this package. */
export function isOfThePackage({ type }: StateResource): boolean {
  return type.includes("exoscale-ssh");
}

/** Pulumi's mark for an encrypted value in a state. */
const [signature, secret] = ["4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"] as const;

/** Whether a stored value is a secret. */
export function isStoredAsSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && signature in value && value[signature] === secret;
}

/** The encrypted text of a stored secret; nothing for another value. */
export function encryptedText(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !isStoredAsSecret(value)) return undefined;
  return "ciphertext" in value ? String(value.ciphertext) : undefined;
}
