/** The time, the random numbers and the machines of the present run. The mocks ask it. */
import { Chance } from "./chance";
import type { SimulatedHosts } from "./simulated_hosts";
import { enterSimulatedTime, SimulatedTime } from "./simulated_time";

export const present: { time: SimulatedTime; chance: Chance; machines?: SimulatedHosts } = {
  time: new SimulatedTime(),
  chance: new Chance(0),
};

/** Runs something in a world of its own, which is the same every time for the same seed. */
export async function inWorld<T>(seed: number, work: (time: SimulatedTime) => Promise<T>): Promise<T> {
  present.time = new SimulatedTime();
  present.chance = new Chance(seed);
  const leave = enterSimulatedTime(present.time, present.chance.number);
  const { fetch } = globalThis;
  try {
    return await work(present.time);
  } finally {
    Object.assign(globalThis, { fetch });
    leave();
  }
}
