/** How tests start an emulator, so that all of them meet the same one, and a judge hears every word. */
import { type Emulator, type EmulatorOptions, type Exchange, startEmulator as start } from "../emulator";
import type { Judge } from "./openapi/judge";
import { OTHER_ANSWERS } from "./other_answers";

export type { Emulator, EmulatorOptions, Exchange, GuestHand } from "../emulator";

/** What a jest project asks for every emulator of its tests, as `emulated` among its `globals`. */
interface Projects extends Pick<EmulatorOptions, "guests"> {
  /** What the API answers where nobody knows: as assumed, or otherwise in every point. Default `assumed`. */
  readonly answers?: "assumed" | "other";
}

/** What answers on the machines of this jest project, unless a test asks for something else. */
export const projectGuests = asked().guests ?? "ssh2";

/**
 * The judge that tests/openapi/environment.ts puts there. Absent on a machine without the API document; a test in
 * tests/openapi is then skipped and says so.
 */
export const judge = (globalThis as { readonly judge?: Judge }).judge;

/**
 * Starts an emulator as `emulator/` does, whose `close` fails when an exchange has deviated from the API document.
 * What a test asks for wins over what the project does. Guests find the same programs on every machine, unless a test asks
 * for others with `programs`.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { guests, answers } = asked();
  const settings = answers === "other" ? OTHER_ANSWERS : {};
  const heard: Exchange[] = [];
  const exchange = (each: Exchange) => {
    heard.push(each);
    options.exchange?.(each);
  };
  const wanted = {
    ...(guests && { guests }),
    programs: [],
    ...options,
    settings: { ...settings, ...options.settings },
    exchange,
  };
  const emulator = await start(wanted);
  const close = emulator.close.bind(emulator);
  return Object.assign(emulator, { close: () => close().then(() => pass(heard)) });
}

/** Judging comes last: what takes time in this process would show in the tests. @throws when there is a deviation */
function pass(heard: readonly Exchange[]): void {
  const deviations = new Set(heard.flatMap((each) => judge?.deviations(each) ?? []));
  if (deviations.size > 0) throw new Error(`Against Exoscale's API document:\n${[...deviations].sort().join("\n")}`);
}

function asked(): Projects {
  // jest puts a project's globals there, and its configuration is the only one to write this.
  return (globalThis as { readonly emulated?: Projects }).emulated ?? {};
}
