/** What the emulator can be told, and the switches for what nobody outside Exoscale knows about the real API. */
import type { Exchange } from "./api/server";

/** The eight zones that Exoscale's API document names. */
export const ZONES = [
  "ch-gva-2",
  "ch-dk-2",
  "at-vie-1",
  "at-vie-2",
  "de-fra-1",
  "de-muc-1",
  "bg-sof-1",
  "hr-zag-1",
] as const;

/**
 * Behaviours of the real API that no document, recording or client settles. A program has to be right under either
 * value, so tests run it under both.
 */
export interface Settings {
  /** Whether an instance still lists, in `ssh-keys`, a key that was deleted from the account. Default `listed`. */
  readonly deletedKeys: "listed" | "dropped";
  /** Whether one public key may be registered under two names. `refused` answers 409. Default `accepted`. */
  readonly duplicateMaterial: "accepted" | "refused";
  /** Whether ECDSA keys can be registered; the documentation names only ssh-rsa and ssh-ed25519. Default `accepted`. */
  readonly ecdsaKeys: "accepted" | "refused";
  /** How an instance or a pool that names an unregistered key is refused. Default 404. */
  readonly unknownKeyAtCreate: 400 | 404 | 409;
  /** How a security group or anti-affinity group that is still in use refuses to be deleted. Default 409. */
  readonly groupInUse: 400 | 409 | 412;
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
export const DEFAULT_SETTINGS: Settings = {
  deletedKeys: "listed",
  duplicateMaterial: "accepted",
  ecdsaKeys: "accepted",
  unknownKeyAtCreate: 404,
  groupInUse: 409,
  closedPort: "reset",
  clientAddress: undefined,
};

/** How guests are made: an SSH server of this process, or none (then an instance is only a row in the API). */
export type GuestKindName = "ssh2" | "none";

/** Everything that `startEmulator` can be told; each has a default that suits a test. */
export interface EmulatorOptions {
  /** Names of the zones to serve, the first being the one of `endpoint`. Default: those in `stateDir`, else all eight. */
  readonly zones?: readonly string[];
  /** Milliseconds from `pending` to `success` of an operation. 0 settles at the next turn. Default 200. */
  readonly operationMs?: number;
  /** How guests are made. Default `ssh2`. */
  readonly guests?: GuestKindName;
  /** Switches for unknown behaviours of the real API. */
  readonly settings?: Partial<Settings>;
  /** Gets one line per request. Lines hold no secret. Default: nobody. */
  readonly log?: (line: string) => void;
  /** Gets each request with its answer, bodies included: they hold user data, so this is for tests. Default: nobody. */
  readonly exchange?: (exchange: Exchange) => void;
  /**
   * Directory that keeps everything for the next start: keys, groups, instances, pools, the guests' files and host keys,
   * credentials and ports. It is made when there is none, only this user can read what is in it, `close` leaves it, and
   * one emulator at a time has it. What is asked for here wins over what it holds; `operationMs` and `settings` are not
   * in it. Default: nothing is kept.
   */
  readonly stateDir?: string;
  /** TCP port of the first zone; the others take free ones. Default: the one in `stateDir`, else a free one. */
  readonly port?: number;
  /** TCP port that every guest listens on, on its own address. Default: the one in `stateDir`, else a free one. */
  readonly sshPort?: number;
  /** The one API key that is accepted. Default: the one in `stateDir`, else a made-up one. */
  readonly apiKey?: string;
  /** Its secret. Default: the one in `stateDir`, else a made-up one. */
  readonly apiSecret?: string;
}
