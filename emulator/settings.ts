/** Settings for behaviours of the real API that nobody outside Exoscale knows, and for the limits of an account. */

/**
 * Behaviours of the real API that no document, recording or client shows. A program must be correct under every value,
 * so tests run it under each.
 */
export interface Settings {
  /**
   * What an instance lists in `ssh-keys` of a key that was deleted from the account: `listed` as at its creation,
   * `dropped`, or `by-name` with the fingerprint that the account has under that name now, if any. Default `listed`.
   */
  readonly deletedKeys: "listed" | "dropped" | "by-name";
  /** Whether one public key may be registered under two names. `refused` answers 409. Default `accepted`. */
  readonly duplicateMaterial: "accepted" | "refused";
  /**
   * Under which name an instance lists a key that has several names: the name in the request (`asked`), or the `first`
   * name that was registered, as the API of 2017 did. Default `asked`.
   */
  readonly namesOfOneKey: "asked" | "first";
  /** The status that refuses the registration of a name that is taken. Default 409. */
  readonly duplicateName: 400 | 409;
  /** Whether ECDSA keys can be registered; the documentation names only ssh-rsa and ssh-ed25519. Default `accepted`. */
  readonly ecdsaKeys: "accepted" | "refused";
  /** Whether keys of FIDO security keys (`sk-...`) can be registered. Default `refused`. */
  readonly securityKeys: "accepted" | "refused";
  /** Bits of the smallest RSA key that can be registered. Default 2048. */
  readonly smallestRsa: number;
  /** The status that refuses an instance or a pool with an unregistered key. Default 404. */
  readonly unknownKeyAtCreate: 400 | 404 | 409;
  /**
   * What happens to an instance with keys on a template that installs none: it is created without them (`ignored`), or
   * gets a 400 (`refused`). Default `ignored`.
   */
  readonly keysWithoutSupport: "ignored" | "refused";
  /** Whether a list of instances shows their keys, or only the instance itself does. Default `shown`. */
  readonly keysInLists: "shown" | "hidden";
  /** Whether an instance that is protected against deletion can be stopped. Default `accepted`. */
  readonly protectedStop: "accepted" | "refused";
  /**
   * What happens to a change of `public-ip-assignment` from or to `none`: it is `accepted`, `refused` with 409, or
   * `ignored` although the operation succeeds. Default `accepted`.
   */
  readonly privateSwitch: "accepted" | "refused" | "ignored";
  /**
   * What happens to a change of an instance's type from one of the families standard, cpu and memory to another of
   * them: it is `accepted`, as Exoscale's product page says, or `refused` with 400, as its API document says. Default
   * `accepted`.
   */
  readonly familyChange: "accepted" | "refused";
  /** The status that refuses the deletion of a security group or anti-affinity group that is in use. Default 409. */
  readonly groupInUse: 400 | 409 | 412;
  /** The form of error bodies that nobody has recorded: `{"message"}`, the message alone, or empty. Default `json`. */
  readonly unrecordedBodies: "json" | "text" | "empty";
  /** Requests per second; further ones get 429 with `Retry-After`. Default: no limit. */
  readonly requestsPerSecond: number | undefined;
  /** The longest validity of a signature, in seconds; one that `expires` later gets 403. Default: no bound. */
  readonly longestExpiry: number | undefined;
  /** Seconds that the API's clock is ahead of this machine's; negative: behind. Default 0. */
  readonly clockAhead: number;
  /**
   * Requests that the IAM role of the key denies, as `METHOD /path`, such as `PUT /instance/{id}:stop`. Default none.
   */
  readonly denied: readonly string[];
  /** The largest number of instances; one more gets 409. Default: no limit. */
  readonly instanceQuota: number | undefined;
  /**
   * What happens to a connection that no security group rule allows: it is `reset` at once, or accepted and `silent`,
   * which is as close to a firewall that drops packets as loopback allows. Default `reset`.
   */
  readonly closedPort: "reset" | "silent";
  /**
   * The source address that security group rules see for connections that do not come from another guest, so that rules
   * such as `203.0.113.4/32` can be tested. Default: the real one, 127.0.0.1.
   */
  readonly clientAddress: string | undefined;
}

/** The behaviours that are assumed by default. */
export const defaultSettings: Settings = {
  deletedKeys: "listed",
  duplicateMaterial: "accepted",
  namesOfOneKey: "asked",
  duplicateName: 409,
  ecdsaKeys: "accepted",
  securityKeys: "refused",
  smallestRsa: 2048,
  unknownKeyAtCreate: 404,
  keysWithoutSupport: "ignored",
  keysInLists: "shown",
  protectedStop: "accepted",
  privateSwitch: "accepted",
  familyChange: "accepted",
  groupInUse: 409,
  unrecordedBodies: "json",
  requestsPerSecond: undefined,
  longestExpiry: undefined,
  clockAhead: 0,
  denied: [],
  instanceQuota: undefined,
  closedPort: "reset",
  clientAddress: undefined,
};
