/** What the emulator can be told. */
import type { Exchange } from "./api/server";
import type { HostKeyKind } from "./guests/host_keys";
import type { PenaltySettings } from "./guests/penalties";
import type { Settings } from "./settings";

export type { HostKeyKind } from "./guests/host_keys";
export type { PenaltySettings } from "./guests/penalties";

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
 * How guests are made.
 *
 * - `ssh2`: an SSH server in this process. Works everywhere. Whoever logs in is confined as far as the system allows.
 * - `sshd`: the real OpenSSH sshd (Debian's package openssh-server) with its default settings, in a Linux of the guest's
 *   own, where root and the template's account are real and different users. Takes Linux, and root, which never runs
 *   anything in a guest: each guest has a range of user ids that nobody has outside.
 * - `none`: no guests; an instance is only a row in the API.
 */
export type GuestKindName = "ssh2" | "sshd" | "none";

/** Everything that `startEmulator` can be told; each has a default that suits a test. */
export interface EmulatorOptions {
  /** Names of the zones to serve, the first being the one of `endpoint`. Default: those in `stateDir`, else all eight. */
  readonly zones?: readonly string[];
  /** Milliseconds from `pending` to `success` of an operation. 0 settles at the next turn. Default 200. */
  readonly operationMs?: number;
  /** How guests are made. Default `ssh2`. */
  readonly guests?: GuestKindName;
  /** The kinds of host keys that new guests make. Default: `ed25519` with `ssh2`, and all three with `sshd`. */
  readonly hostKeys?: readonly HostKeyKind[];
  /**
   * Which programs of this machine guests find: `all`, or with a list only those that every Linux has and the ones in
   * the list, such as `zsh` or `python3`. With `[]` guests are the same on every machine: they find no Python, no shells
   * but sh, dash and bash, only their own `sudo`, `su` and `systemctl`, and nothing in /usr/local. Where the kernel allows
   * no namespaces, `ssh2` guests find all. Default: all.
   */
  readonly programs?: "all" | readonly string[];
  /**
   * Settings that new guests' sshd has before all others (sshd_config(5)), such as another `AuthorizedKeysFile`. Only with
   * `guests: "sshd"`. Default: none.
   */
  readonly sshdConfig?: string;
  /**
   * Whether an address that keeps connecting without logging in is dropped for a while, as by OpenSSH 9.8 and later: with
   * `true` after three such connections in a row, for about a quarter of a minute. Only with `guests: "ssh2"`; a real sshd
   * would, too, but here each connection has one of its own. Default: false.
   */
  readonly penalties?: boolean | Partial<PenaltySettings>;
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
