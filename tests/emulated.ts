/** How tests start an emulator, so that all of them meet the same one. */
import { type Emulator, type EmulatorOptions, startEmulator as start } from "../emulator";

export type { Emulator, EmulatorOptions, GuestHand } from "../emulator";

/** What a jest project asks for every emulator of its tests, as `emulated` among its `globals`. */
type Projects = Pick<EmulatorOptions, "guests" | "settings">;

/** Starts an emulator as `emulator/` does. What a test asks for wins over what the project does. */
export function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { guests, settings } = asked();
  return start({ ...(guests && { guests }), ...options, settings: { ...settings, ...options.settings } });
}

function asked(): Projects {
  // jest puts a project's globals there, and its configuration is the only one to write this.
  return (globalThis as { readonly emulated?: Projects }).emulated ?? {};
}
