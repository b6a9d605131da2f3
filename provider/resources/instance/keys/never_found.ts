import type { KeyChangeReport } from "../../../account";
import type { KeyPlan } from "./key_plan";

/**
 * A warning for each key that Exoscale says the machine was given, that is to go, and that no file has. Its public key is
 * not known, so sshd cannot be asked either.
 */
export function neverFound(instance: string, { removed }: KeyPlan, { closed }: KeyChangeReport): string[] {
  return removed
    .filter(({ publicKeyOpenssh, fingerprintMd5 = "" }) => !publicKeyOpenssh && !closed.includes(fingerprintMd5))
    .map(
      ({ name, fingerprintMd5 }) =>
        `Instance "${instance}": Exoscale says that it was given SSH key "${name}" (${fingerprintMd5}), and no file there ` +
        "has that key. If the account once had another key under this name, that one may still log in: look through " +
        "~/.ssh/authorized_keys there for a line that nobody needs, and remove it. To have sshd asked about this one, put it back " +
        "into sshKeys with its publicKeyOpenssh, and take it out again.",
    );
}
