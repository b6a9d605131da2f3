import type { Account } from "../../../account";
import { identityDigest } from "../../contract/identity";
import { present } from "../../contract/state";
import type { SshKeyPairState } from "../fields";
import { registrationOf } from "../registration";

type Memory = Pick<Account, "pairs" | "ownersOfKeys">;

/**
 * Remembers, for this run, the pair that a resource is now, and its private half. When the pair of before is deleted, at
 * the end of its replacement, its successor is known by that: it takes its place on the machines that nobody else looks
 * after.
 *
 * A run that goes on after one that was killed sees the successor in a diff; it need not have made it.
 */
export function rememberPair(account: Memory & Pick<Account, "privateHalves">, state: SshKeyPairState): void {
  const { publicKeyFingerprintSha256: sha256, privateKeyOpenssh: privateKey, passphrase } = state;
  if (sha256 !== undefined && privateKey !== undefined) {
    account.privateHalves.set(sha256, present({ privateKey, passphrase }));
  }
  const resource = identityDigest(state.identity);
  if (resource === undefined) return;
  account.pairs.set(resource, state);
  account.ownersOfKeys.set(registrationOf(state.name, state), resource);
}

/** A pair that is being deleted succeeds nobody, whatever a diff has said of it. */
export function forgetPair(account: Memory, last: SshKeyPairState): void {
  const resource = ownerOf(account, last);
  const now = account.pairs.get(resource) as SshKeyPairState | undefined;
  if (now?.publicKeyFingerprintMd5 === last.publicKeyFingerprintMd5 && now.name === last.name) {
    account.pairs.delete(resource);
  }
}

/**
 * The pair that has taken the place of this one, in this run or before, and that the program declares: a refresh asks for
 * a diff of what is about to be deleted, too.
 */
export function successorOf(
  account: Memory & Pick<Account, "declaredKeys">,
  last: SshKeyPairState,
): SshKeyPairState | undefined {
  // Accounts keep what the core gives them and know no resource, so its type is said here, where it is also put in.
  const pair = account.pairs.get(ownerOf(account, last)) as SshKeyPairState | undefined;
  if (pair === undefined || pair.publicKeyFingerprintMd5 === last.publicKeyFingerprintMd5) return undefined;
  return account.declaredKeys.has(pair.name) ? pair : undefined;
}

/** The resource that a pair belongs to, as it is called today where this run has met the pair. */
function ownerOf({ ownersOfKeys }: Memory, last: SshKeyPairState): string {
  return ownersOfKeys.get(registrationOf(last.name, last)) ?? identityDigest(last.identity) ?? "";
}
