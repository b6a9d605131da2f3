/** Opens the guests of an emulator, of the chosen kind. */
import type { GuestKind } from "./guest";
import { GuestDirectory, type Kept } from "./guest_directory";
import { Guests, type GuestsOptions } from "./guests";
import { checkPrograms, type ProgramChoice } from "./machine_programs";
import type { PenaltySettings } from "./penalties";
import { ssh2Backend } from "./ssh2_backend";
import { sshdBackend } from "./sshd_backend";

/** Options that only one kind of guests has. */
export interface KindOptions {
  /** Settings of new guests' sshd. Only with a real sshd. */
  readonly sshdConfig?: string | undefined;
  /** Penalties for connections without a login. Only without a real sshd. */
  readonly penalties?: Partial<PenaltySettings> | undefined;
}

/**
 * Opens the directory of the guests.
 *
 * @throws when a requirement of a real sshd is missing, or an option belongs to the other kind. It leaves no file then
 */
export async function openGuests(
  kind: "ssh2" | "sshd",
  kept: Kept | undefined,
  options: GuestsOptions,
  programs: ProgramChoice,
  { sshdConfig, penalties }: KindOptions = {},
): Promise<GuestKind> {
  if (kind !== "sshd" && sshdConfig !== undefined) {
    throw new Error('sshdConfig is for a real sshd: start with guests: "sshd", or leave it out.');
  }
  if (kind !== "ssh2" && penalties !== undefined) {
    throw new Error('penalties are for guests without a real sshd: start with guests: "ssh2", or leave them out.');
  }
  checkPrograms(programs);
  const directory = await GuestDirectory.open(kept);
  try {
    const backend =
      kind === "sshd"
        ? await sshdBackend(directory, programs, sshdConfig)
        : ssh2Backend(directory, programs, penalties);
    return new Guests(backend, directory, options);
  } catch (error) {
    await directory.close();
    throw error;
  }
}
