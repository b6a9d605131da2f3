import type { Account } from "../../../account";
import { identityDigest } from "../../contract/identity";
import { present } from "../../contract/state";
import type { SshKeyPairInputs, SshKeyPairState } from "../fields";

/**
 * Remembers, for this run, the pair that a resource is now, and its private half. When the pair of before is deleted, at the end of its
 * replacement, its successor is known by that: it takes its place on the machines that nobody else looks after.
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

/** The pair that has taken the place of this one, in this run or before. */
export function successorOf(account: Pick<Account, "pairs">, last: SshKeyPairState): SshKeyPairState | undefined {
  const now = account.pairs.get(identityDigest((last as SshKeyPairInputs).identity) ?? "");
  // Accounts keep what the core gives them and know no resource, so its type is said here, where it is also put in.
  const pair = now as SshKeyPairState | undefined;
  return pair?.publicKeyFingerprintMd5 === last.publicKeyFingerprintMd5 ? undefined : pair;
}
