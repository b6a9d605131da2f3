import { identityDigest } from "../contract/identity";
import type { Run } from "../contract/run";
import { omitUndefined } from "../contract/state";
import type { SshKeyPairState } from "./fields";

/** The pairs that one run has met. */
interface Pairs {
  /** What each resource is now, by the digest of its identity. */
  readonly current: Map<string, SshKeyPairState>;
  /** The resource that each registration belongs to: the state may have it under an earlier identity. */
  readonly owners: Map<string, string>;
}

const pairsOfRuns = new WeakMap<Run, Pairs>();

function pairsOf(run: Run): Pairs {
  const pairs = pairsOfRuns.get(run) ?? { current: new Map(), owners: new Map() };
  pairsOfRuns.set(run, pairs);
  return pairs;
}

/** What tells one registration from another: a replacement may have put the same key under the same name anew. */
export function registrationOf(name: string, state: Pick<SshKeyPairState, "publicKeyFingerprintMd5">): string {
  return `${name} ${state.publicKeyFingerprintMd5}`;
}

/**
 * Remembers, for this run, the pair that a resource is now, and its private half. When the earlier pair is deleted, at the
 * end of its replacement, its successor is known by that: it takes its place on the machines that no Instance of the
 * program looks after.
 *
 * A run that continues one that was killed sees the successor in a diff; it need not have made it.
 */
export function rememberPair(run: Run, state: SshKeyPairState): void {
  const { publicKeyFingerprintSha256: sha256, privateKeyOpenssh: privateKey, passphrase } = state;
  if (sha256 !== undefined && privateKey !== undefined) {
    run.privateHalves.set(sha256, omitUndefined({ privateKey, passphrase }));
  }
  const resource = identityDigest(state.identity);
  if (resource === undefined) return;
  const { current, owners } = pairsOf(run);
  current.set(resource, state);
  owners.set(registrationOf(state.name, state), resource);
}

/** A pair that is being deleted succeeds nobody, whatever a diff has said of it. */
export function forgetPair(run: Run, last: SshKeyPairState): void {
  const resource = ownerOf(run, last);
  const { current } = pairsOf(run);
  const now = current.get(resource);
  if (now?.publicKeyFingerprintMd5 === last.publicKeyFingerprintMd5 && now.name === last.name) {
    current.delete(resource);
  }
}

/**
 * The pair that has taken the place of this one, in this run or before, and that the program declares: a refresh asks for
 * a diff of what is about to be deleted, too.
 */
export function successorOf(run: Run, last: SshKeyPairState): SshKeyPairState | undefined {
  const pair = pairsOf(run).current.get(ownerOf(run, last));
  if (pair === undefined || pair.publicKeyFingerprintMd5 === last.publicKeyFingerprintMd5) return undefined;
  return run.declaredKeys.has(pair.name) ? pair : undefined;
}

/** The resource that a pair belongs to, under its present identity where this run has met the pair. */
function ownerOf(run: Run, last: SshKeyPairState): string {
  return pairsOf(run).owners.get(registrationOf(last.name, last)) ?? identityDigest(last.identity) ?? "";
}
