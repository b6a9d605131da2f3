import { identityDigest } from "../contract/identity";
import type { Run } from "../contract/run";
import { omitUndefined } from "../contract/state";
import type { SshKeyPairState } from "./fields";

/** The pairs that one run has met. */
interface Pairs {
  /** The current pair of each resource, by the digest of the resource's identity. */
  readonly current: Map<string, SshKeyPairState>;
  /** The resource of each registration: the state may have it under an earlier identity. */
  readonly owners: Map<string, string>;
}

const pairsOfRuns = new WeakMap<Run, Pairs>();

function pairsOf(run: Run): Pairs {
  const pairs = pairsOfRuns.get(run) ?? { current: new Map(), owners: new Map() };
  pairsOfRuns.set(run, pairs);
  return pairs;
}

/** Identifies a registration. A replacement may have registered the same key under the same name again. */
export function registrationOf(name: string, state: Pick<SshKeyPairState, "publicKeyFingerprintMd5">): string {
  return `${name} ${state.publicKeyFingerprintMd5}`;
}

/**
 * Remembers for this run the current pair of a resource, its public key and its private half. The deletion of the old
 * pair, at the end of a replacement, then finds its successor, which takes its place on the machines that no Instance of
 * the program manages.
 *
 * After an interrupted run, the next run meets the successor in a diff, not in its creation.
 */
export function rememberPair(run: Run, state: SshKeyPairState): void {
  const { publicKeyFingerprintSha256: sha256, privateKeyOpenssh: privateKey, passphrase } = state;
  if (state.publicKeyOpenssh !== undefined) run.publicKeys.set(state.name, state.publicKeyOpenssh);
  if (sha256 !== undefined && privateKey !== undefined) {
    run.privateHalves.set(sha256, omitUndefined({ privateKey, passphrase }));
  }
  const resource = identityDigest(state.identity);
  if (resource === undefined) return;
  const { current, owners } = pairsOf(run);
  current.set(resource, state);
  owners.set(registrationOf(state.name, state), resource);
}

/** Forgets a pair that is being deleted, so that it is nobody's successor, even if a diff has remembered it. */
export function forgetPair(run: Run, last: SshKeyPairState): void {
  const resource = ownerOf(run, last);
  const { current } = pairsOf(run);
  const now = current.get(resource);
  if (now?.publicKeyFingerprintMd5 === last.publicKeyFingerprintMd5 && now.name === last.name) {
    current.delete(resource);
  }
}

/**
 * The pair that has replaced this one, in this run or before. The program has to declare it, because a refresh also
 * asks for a diff of pairs that are about to be deleted.
 */
export function successorOf(run: Run, last: SshKeyPairState): SshKeyPairState | undefined {
  const pair = pairsOf(run).current.get(ownerOf(run, last));
  if (pair === undefined || pair.publicKeyFingerprintMd5 === last.publicKeyFingerprintMd5) return undefined;
  return run.declaredKeys.has(pair.name) ? pair : undefined;
}

/** The resource of a pair, under its present identity if this run has met the pair. */
function ownerOf(run: Run, last: SshKeyPairState): string {
  return pairsOf(run).owners.get(registrationOf(last.name, last)) ?? identityDigest(last.identity) ?? "";
}
