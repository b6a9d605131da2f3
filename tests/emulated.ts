/** How tests start an emulator, so that all of them meet the same one. */
import { type Emulator, type EmulatorOptions, startEmulator as start } from "../emulator";

export type { Emulator, EmulatorOptions } from "../emulator";

/** Starts an emulator as `emulator/` does. */
export function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  return start(options);
}
