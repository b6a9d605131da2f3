import type { TestStack } from "./stack";

/** A key that a pair has or had. */
export interface Key {
  readonly name: string;
  readonly privateKeyOpenssh: string;
  readonly publicKeyOpenssh: string;
}

/** A pair in a state. */
export interface StoredPair extends Key {
  /** Its logical name. */
  readonly pair: string;
  /** Whether it was replaced, and its deletion is pending. */
  readonly isReplaced: boolean;
}

/** A resource as `pulumi stack export --show-secrets` shows it. */
interface Exported {
  readonly urn: string;
  readonly type: string;
  readonly delete?: boolean;
  readonly outputs: Omit<Key, "privateKeyOpenssh"> & { readonly privateKeyOpenssh: { readonly plaintext: string } };
}

/** The pairs in the state of a stack, with their private keys. */
export async function storedPairs(stack: TestStack): Promise<StoredPair[]> {
  const { deployment } = JSON.parse(await stack.shown("stack", "export", "--show-secrets"));
  const resources: Exported[] = deployment.resources ?? [];
  return resources
    .filter(({ type }) => type.endsWith(":SshKeyPair"))
    .map(({ urn, delete: isReplaced = false, outputs }) => ({
      pair: urn.split("::").at(-1) ?? "",
      isReplaced,
      name: outputs.name,
      publicKeyOpenssh: outputs.publicKeyOpenssh,
      privateKeyOpenssh: JSON.parse(outputs.privateKeyOpenssh.plaintext),
    }));
}
