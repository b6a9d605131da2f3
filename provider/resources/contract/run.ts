import type { Credential } from "../../account";

/**
 * What one run of Pulumi remembers between its resources and calls. It is not in any state, and the next run starts
 * empty.
 */
export class Run {
  /**
   * What this run created or took over, as texts that each resource type defines. The second half of a replacement then
   * does not delete the work of the first.
   */
  readonly created = new Set<string>();
  /** Names of the keys that the program declares, added at their check. The account may not have them yet. */
  readonly declaredKeys = new Set<string>();
  /**
   * Private halves of the pairs that this run has met, by SHA256 fingerprint. A machine that an earlier run left
   * half-way may accept only one of them.
   */
  readonly privateHalves = new Map<string, Credential>();
}
