/** How OpenSSH from 9.8 on treats an address that connects and does not log in: `PerSourcePenalties` in sshd_config(5). */

/** What costs how much. All in whole seconds. */
export interface PenaltySettings {
  /** For a connection that ends after attempts of which none succeeded; asking whether a key would do is one. Default 5. */
  readonly authfail: number;
  /** For a connection that ends without an attempt. Default 1. */
  readonly noauth: number;
  /** From how much on connections are dropped, until the time is over. Default 15. */
  readonly min: number;
  /** The most that comes together. Default 600. */
  readonly max: number;
}

const defaults: PenaltySettings = { authfail: 5, noauth: 1, min: 15, max: 600 };

/** The penalties of one guest. */
export class Penalties {
  readonly #settings: PenaltySettings;
  readonly #sources = new Map<string, { expiry: number; isEnforced: boolean }>();

  /** @param now the time in whole seconds, which is how sshd counts */
  constructor(
    settings: Partial<PenaltySettings>,
    readonly now = () => Math.floor(performance.now() / 1000),
  ) {
    this.#settings = { ...defaults, ...settings };
  }

  /** Adds a penalty to those of an address that are not over. */
  add(address: string, reason: "authfail" | "noauth"): void {
    const { min, max, [reason]: seconds } = this.#settings;
    const now = this.now();
    const last = this.#sources.get(address);
    const before = last && last.expiry >= now ? last : { expiry: now, isEnforced: false };
    const expiry = Math.min(before.expiry + seconds, now + max);
    this.#sources.set(address, { expiry, isEnforced: before.isEnforced || expiry - now >= min });
  }

  /** Whether the address is to be dropped now. */
  drops(address: string): boolean {
    const source = this.#sources.get(address);
    return source?.isEnforced === true && source.expiry >= this.now();
  }
}
