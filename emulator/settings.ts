/** The switches for what nobody outside Exoscale knows about the real API, and for the limits of an account. */

/**
 * Behaviours of the real API that no document, recording or client settles. A program has to be right under every
 * value, so tests run it under each.
 */
export interface Settings {
  /**
   * What an instance lists in `ssh-keys` of a key that was deleted from the account: `listed` as at its creation,
   * `dropped`, or `by-name`, with the fingerprint that the account has under that name now, if any. Default `listed`.
   */
  readonly deletedKeys: "listed" | "dropped" | "by-name";
  /** Whether one public key may be registered under two names. `refused` answers 409. Default `accepted`. */
  readonly duplicateMaterial: "accepted" | "refused";
  /**
   * Under which name an instance lists a key that the account has under several: the one it was `asked` for by, or the
   * `first` that was registered, as the API of 2017 did. Default `asked`.
   */
  readonly namesOfOneKey: "asked" | "first";
  /** How a name that another key has is refused at registration. Default 409. */
  readonly duplicateName: 400 | 409;
  /** Whether ECDSA keys can be registered; the documentation names only ssh-rsa and ssh-ed25519. Default `accepted`. */
  readonly ecdsaKeys: "accepted" | "refused";
  /** Whether keys of FIDO security keys (`sk-...`) can be registered. Default `refused`. */
  readonly securityKeys: "accepted" | "refused";
  /** Bits of the smallest RSA key that can be registered. Default 2048. */
  readonly smallestRsa: number;
  /** How an instance or a pool that names an unregistered key is refused. Default 404. */
  readonly unknownKeyAtCreate: 400 | 404 | 409;
  /**
   * What an instance that names keys gets of a template which installs none: none of them (`ignored`), or a 400
   * (`refused`). Default `ignored`.
   */
  readonly keysWithoutSupport: "ignored" | "refused";
  /** Whether a list of instances shows their keys, or only the instance itself does. Default `shown`. */
  readonly keysInLists: "shown" | "hidden";
  /** Whether an instance that is protected against deletion can be stopped. Default `accepted`. */
  readonly protectedStop: "accepted" | "refused";
  /**
   * What becomes of a change of `public-ip-assignment` from or to `none`: made, refused with 409, or reported as a
   * success and not made. Default `accepted`.
   */
  readonly privateSwitch: "accepted" | "refused" | "ignored";
  /** How a security group or anti-affinity group that is still in use refuses to be deleted. Default 409. */
  readonly groupInUse: 400 | 409 | 412;
  /** The form of the error bodies that nobody recorded: `{"message"}`, the message alone, or nothing. Default `json`. */
  readonly unrecordedBodies: "json" | "text" | "empty";
  /** Requests a second that are answered; the next get 429 with `Retry-After`. Default: no limit. */
  readonly requestsPerSecond: number | undefined;
  /** Seconds that a signature may still be valid for; one that `expires` later gets 403. Default: no bound. */
  readonly longestExpiry: number | undefined;
  /** Seconds by which the clock of the API is ahead of this machine's; below 0, behind. Default 0. */
  readonly clockAhead: number;
  /** Requests that the IAM role of the key denies, as `METHOD /path`, such as `PUT /instance/{id}:stop`. Default none. */
  readonly denied: readonly string[];
  /** Instances that the organisation may have; one more gets 409. Default: any number. */
  readonly instanceQuota: number | undefined;
  /**
   * What a connection meets where no security group rule lets it in: `reset` at once, or `silent`, an accepted socket
   * on which nothing ever comes, which is as near to a dropping firewall as loopback gets. Default `reset`.
   */
  readonly closedPort: "reset" | "silent";
  /**
   * The address that security group rules see as the source of every connection that does not come from another
   * guest, so that rules such as `203.0.113.4/32` can be tried. Default: the real one, 127.0.0.1.
   */
  readonly clientAddress: string | undefined;
}

/** The behaviours assumed when nothing is said. */
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
