import type { Account } from "../../../account";
import { identityDigest } from "../../contract/identity";
import { present } from "../../contract/state";
import type { SshKeyPairState } from "../fields";

/**
 * Remembers, for this run, the pair that a resource is now, and its private half. When the pair of before is deleted, at
 * the end of its replacement, its successor is known by that: it takes its place on the machines that nobody else looks
 * after.
 *
 * A run that goes on after one that was killed sees the successor in a diff; it need not have made it.
 */
export function rememberPair(account: Pick<Account, "pairs" | "privateHalves">, state: SshKeyPairState): void {
  const { publicKeyFingerprintSha256: sha256, privateKeyOpenssh: privateKey, passphrase } = state;
  if (sha256 !== undefined && privateKey !== undefined) {
    account.privateHalves.set(sha256, present({ privateKey, passphrase }));
  }
  const resource = identityDigest(state.identity);
  if (resource !== undefined) account.pairs.set(resource, state);
}

/** A pair that is being deleted succeeds nobody, whatever a diff has said of it. */
export function forgetPair(account: Pick<Account, "pairs">, last: SshKeyPairState): void {
  const resource = identityDigest(last.identity) ?? "";
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
  { pairs, declaredKeys }: Pick<Account, "pairs" | "declaredKeys">,
  last: SshKeyPairState,
): SshKeyPairState | undefined {
  // Accounts keep what the core gives them and know no resource, so its type is said here, where it is also put in.
  const pair = pairs.get(identityDigest(last.identity) ?? "") as SshKeyPairState | undefined;
  if (pair === undefined || pair.publicKeyFingerprintMd5 === last.publicKeyFingerprintMd5) return undefined;
  return declaredKeys.has(pair.name) ? pair : undefined;
}
