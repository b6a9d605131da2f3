/** The options of the emulator. */
import type { Exchange } from "./api/exchange";
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
 * - `ssh2`: an SSH server in this process. Works everywhere. Commands are confined as far as the system allows.
 * - `sshd`: the real OpenSSH sshd (Debian's package openssh-server) with its default settings, in Linux namespaces.
 * Root
 *   and the template's account are real and different users there. Needs Linux and root. Nothing in a guest runs as the
 *   real root: each guest has a range of user ids that nobody has outside.
 * - `none`: no guests. The API shows instances, and nothing answers at their addresses.
 */
export type GuestKindName = "ssh2" | "sshd" | "none";

/** The options of `startEmulator`. Every default suits a test. */
export interface EmulatorOptions {
  /**
   * Names of the zones to serve, the first being the one of `endpoint`. Default: those in `stateDir`, else all eight.
   */
  readonly zones?: readonly string[];
  /** Milliseconds that an operation stays `pending`. Default 200. */
  readonly operationMs?: number;
  /** How guests are made. Default `ssh2`. */
  readonly guests?: GuestKindName;
  /** The kinds of host keys that new guests generate. Default: `ed25519` with `ssh2`, and all three with `sshd`. */
  readonly hostKeys?: readonly HostKeyKind[];
  /**
   * Which programs of this machine guests find: `all`, or with a list only those that every Linux has and the ones in
   * the list, such as `zsh` or `python3`. With `[]` guests are the same on every machine: they find no Python, no
   * shells but sh, dash and bash, only their own `sudo`, `su` and `systemctl`, and nothing in /usr/local. Where the
   * kernel allows no namespaces, `ssh2` guests find all. Default: all.
   */
  readonly programs?: "all" | readonly string[];
  /**
   * Settings that come first in the sshd configuration of new guests (sshd_config(5)), such as another
   * `AuthorizedKeysFile`. Only with `guests: "sshd"`. Default: none.
   */
  readonly sshdConfig?: string;
  /**
   * Whether a guest drops connections of an address that connects repeatedly without a login, as OpenSSH 9.8 and later
   * do: with `true` after three such connections in a row, for about 15 seconds. Only with `guests: "ssh2"`: with
   * `sshd` each connection has an sshd process of its own, which knows of no other connection. Default: false.
   */
  readonly penalties?: boolean | Partial<PenaltySettings>;
  /** Behaviours of the real API that nobody has recorded. Default: see `Settings`. */
  readonly settings?: Partial<Settings>;
  /** Called with one line per request. Lines contain no secret. Default: no log. */
  readonly log?: (line: string) => void;
  /**
   * Called with each request and its answer. The bodies contain user data, so use it in tests only. Default: no call.
   */
  readonly exchange?: (exchange: Exchange) => void;
  /**
   * Directory that keeps everything for the next start: keys, groups, instances, pools, the guests' files and host
   * keys, credentials and ports. It is created when it is missing, only this user can read its files, `close` keeps it,
   * and one emulator at a time uses it. Options given here win over the saved ones; `operationMs` and `settings` are
   * not saved. Default: nothing is kept.
   */
  readonly stateDir?: string;
  /** TCP port of the first zone. Other zones use free ports. Default: the port in `stateDir`, else a free one. */
  readonly port?: number;
  /** TCP port of every guest, each on its own address. Default: the port in `stateDir`, else a free one. */
  readonly sshPort?: number;
  /** The only API key that is accepted. Default: the key in `stateDir`, else a random one. */
  readonly apiKey?: string;
  /** Its secret. Default: the secret in `stateDir`, else a random one. */
  readonly apiSecret?: string;
}
