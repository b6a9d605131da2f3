import type { Credential } from "../../account";

/**
 * What one run of Pulumi remembers, from one resource to another and from one call to the next. No state has it, and the
 * next run begins with nothing.
 */
export class Run {
  /**
   * What this run created or took over: each resource adds and finds texts of its own. The second half of a replacement
   * then does not delete the work of the first.
   */
  readonly created = new Set<string>();
  /** Names of the keys that the program itself declares, as they were checked: the account need not have them yet. */
  readonly declaredKeys = new Set<string>();
  /**
   * Private halves of the pairs that this run has met, by SHA256 fingerprint. One of them may be all that opens a machine
   * which an earlier run left half-way.
   */
  readonly privateHalves = new Map<string, Credential>();
}
