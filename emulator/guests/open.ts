/** Chooses the kind of guests that an emulator has. */
import type { GuestKind } from "./guest";
import { GuestDirectory, type Kept } from "./guest_directory";
import { Guests, type GuestsOptions } from "./guests";
import { ssh2Inside } from "./ssh2_inside";
import { sshdInside } from "./sshd_inside";

/** Opens the directory of the guests. @throws when something that a real sshd needs is missing; nothing is left then */
export async function openGuests(
  kind: "ssh2" | "sshd",
  kept: Kept | undefined,
  options: GuestsOptions,
): Promise<GuestKind> {
  const directory = await GuestDirectory.open(kept);
  try {
    const inside = kind === "sshd" ? await sshdInside(directory) : ssh2Inside(directory);
    return new Guests(inside, directory, options);
  } catch (error) {
    await directory.close();
    throw error;
  }
}
