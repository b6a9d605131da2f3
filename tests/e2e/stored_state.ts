import { readFileSync } from "node:fs";

/** A resource as the state has it; secrets stay encrypted. */
export interface StateResource {
  readonly urn: string;
  readonly id?: string;
  readonly type: string;
  readonly inputs: Record<string, unknown>;
  readonly outputs: Record<string, unknown>;
}

/** Every resource in the file that holds the state of a stack, the stack itself included. */
export function storedResources(file: string): readonly StateResource[] {
  const { checkpoint } = JSON.parse(readFileSync(file, "utf8"));
  return checkpoint.latest.resources ?? [];
}

/** How Pulumi marks an encrypted value in a state. */
const [signature, secret] = ["4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"] as const;

/** Whether a stored value is a secret. */
export function isStoredAsSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && signature in value && value[signature] === secret;
}
