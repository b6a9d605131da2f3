/** Chooses the kind of guests that an emulator has. */
import type { GuestKind } from "./guest";
import { GuestDirectory, type Kept } from "./guest_directory";
import { Guests, type GuestsOptions } from "./guests";
import { ssh2Inside } from "./ssh2_inside";
import { sshdInside } from "./sshd_inside";

/**
 * Opens the directory of the guests.
 *
 * @param sshdConfig settings of sshd for new guests
 * @throws when something that a real sshd needs is missing, or there is no sshd for the settings; nothing is left then
 */
export async function openGuests(
  kind: "ssh2" | "sshd",
  kept: Kept | undefined,
  options: GuestsOptions,
  sshdConfig?: string,
): Promise<GuestKind> {
  if (kind !== "sshd" && sshdConfig !== undefined) {
    throw new Error('sshdConfig is for a real sshd: start with guests: "sshd", or leave it out.');
  }
  const directory = await GuestDirectory.open(kept);
  try {
    const inside = kind === "sshd" ? await sshdInside(directory, sshdConfig) : ssh2Inside(directory);
    return new Guests(inside, directory, options);
  } catch (error) {
    await directory.close();
    throw error;
  }
}
