import type { Account, Credential, SecurityGroupRule } from "../../account";
import { forgetOpenedKeys } from "../../keys/opened_keys";

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
  /** Names that states have, as far as the checks of this run have shown, each with its type as in `SshKeyPair alice`. */
  readonly savedNames = new Set<string>();
  /** Names of the keys that the program declares, added at their check. The account may not have them yet. */
  readonly declaredKeys = new Set<string>();
  /**
   * Public keys of the pairs that this run has met, by their names in the account. A program may give an Instance the
   * name alone.
   */
  readonly publicKeys = new Map<string, string>();
  /**
   * The rules of the security groups that the program declares, by name, added at their check; undefined while they are
   * not known. The account may have other rules until the run has changed them.
   */
  readonly declaredGroups = new Map<string, readonly SecurityGroupRule[] | undefined>();
  /**
   * Private halves of the pairs that this run has met, by SHA256 fingerprint. A machine that an earlier run left
   * half-way may accept only one of them.
   */
  readonly privateHalves = new Map<string, Credential>();
  /**
   * The instances that changes of this run have proven to refuse a key, as names by ids, by the key's MD5 fingerprint. One
   * that got the key after its first boot is found as a holder no more.
   */
  readonly closed = new Map<string, Map<string, string>>();
  /** Owners (`exoscale-ssh.owner`) of the instances that the state has, as far as the calls of this run have shown. */
  readonly savedOwners = new Set<string>();
  /** What remains to be done once the engine has saved the objects that this run created, by their ids. */
  readonly onceSaved = new Map<string, (account: Account) => Promise<void>>();

  /** Private keys that a run before this one has decrypted in this process are forgotten. */
  constructor() {
    forgetOpenedKeys();
  }

  /**
   * Does what remains, when the engine has saved all objects. A failure is ignored: what is left undone does no harm, and
   * a later run does it.
   */
  async finish(account: Account): Promise<void> {
    const work = [...this.onceSaved.values()];
    this.onceSaved.clear();
    await Promise.allSettled(work.map((finish) => finish(account)));
  }
}
