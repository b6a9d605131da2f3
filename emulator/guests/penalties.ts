/** Penalties of OpenSSH 9.8 and later for connections without a login: `PerSourcePenalties` in sshd_config(5). */

/** All values are whole seconds. */
export interface PenaltySettings {
  /**
   * For a connection that ends after failed attempts. Asking whether a key would be accepted is an attempt. Default 5.
   */
  readonly authfail: number;
  /** For a connection that ends without an attempt. Default 1. */
  readonly noauth: number;
  /** The total from which connections are dropped, until the time is over. Default 15. */
  readonly min: number;
  /** The largest total. Default 600. */
  readonly max: number;
}

const defaults: PenaltySettings = { authfail: 5, noauth: 1, min: 15, max: 600 };

/** The penalties of one guest. */
export class Penalties {
  readonly #settings: PenaltySettings;
  readonly #sources = new Map<string, { expiry: number; isEnforced: boolean }>();

  /** @param now answers the time in whole seconds, as sshd counts it */
  constructor(
    settings: Partial<PenaltySettings>,
    readonly now = () => Math.floor(performance.now() / 1000),
  ) {
    this.#settings = { ...defaults, ...settings };
  }

  /** Adds a penalty to the remaining ones of an address. */
  add(address: string, reason: "authfail" | "noauth"): void {
    const { min, max, [reason]: seconds } = this.#settings;
    const now = this.now();
    const last = this.#sources.get(address);
    const before = last && last.expiry >= now ? last : { expiry: now, isEnforced: false };
    const expiry = Math.min(before.expiry + seconds, now + max);
    this.#sources.set(address, { expiry, isEnforced: before.isEnforced || expiry - now >= min });
  }

  /** Whether a connection from the address is dropped now. */
  drops(address: string): boolean {
    const source = this.#sources.get(address);
    return source?.isEnforced === true && source.expiry >= this.now();
  }
}
