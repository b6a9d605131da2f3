import { readFileSync } from "node:fs";

/** A resource as the state has it; secrets stay encrypted. */
export interface StateResource {
  readonly urn: string;
  readonly id?: string;
  readonly type: string;
  readonly inputs: Record<string, unknown>;
  readonly outputs: Record<string, unknown>;
}

/** The state of a stack as Pulumi writes it to a file. */
export interface StoredState {
  /** The stack itself included. Absent in a stack that was never updated. */
  readonly resources?: readonly StateResource[];
  /** How its secrets are encrypted: for a passphrase, with which salt. */
  readonly secrets_providers?: { readonly state?: { readonly salt?: string } };
}

/** The state in a file. */
export function storedState(file: string): StoredState {
  return JSON.parse(readFileSync(file, "utf8")).checkpoint.latest ?? {};
}

/** Every resource in the file that holds the state of a stack, the stack itself included. */
export function storedResources(file: string): readonly StateResource[] {
  return storedState(file).resources ?? [];
}

/** Whether a resource is one that a program declares of this package, as opposed to what the engine keeps of its provider. */
export function isDeclared(resource: StateResource): boolean {
  return isOfThePackage(resource) && !resource.type.startsWith("pulumi:providers:");
}

/** Whether a resource is of this package. */
export function isOfThePackage({ type }: StateResource): boolean {
  return type.includes("exoscale-ssh");
}

/** How Pulumi marks an encrypted value in a state. */
const [signature, secret] = ["4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"] as const;

/** Whether a stored value is a secret. */
export function isStoredAsSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && signature in value && value[signature] === secret;
}

/** The encrypted text of a stored value that is a secret, otherwise nothing. */
export function encryptedText(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !isStoredAsSecret(value)) return undefined;
  return "ciphertext" in value ? String(value.ciphertext) : undefined;
}
