import { appendFileSync } from "node:fs";
import { Chance } from "../simulation/chance";
import { type KilledRun, KilledShop } from "./killed_shop";
import { useStack } from "./use_stack";

/** How many runs are killed, half of them in each front: `npm run simulate -- --engine 100`. */
const RUNS = Number(process.env["KILLED_RUNS"] ?? 10);
/** The moments follow from it. A failure names it: `npm run simulate -- --engine 100 --seed 7`. */
const SEED = Number(process.env["KILLED_RUNS_SEED"] ?? Date.now() % 1_000_000);
/** A file that gets each run as a line of JSON. */
const REPORT = process.env["KILLED_RUNS_REPORT"];

jest.setTimeout(180_000 + RUNS * 120_000);

const { emulator, stack } = useStack({ operationMs: 150, perTest: true, hostKeys: ["ed25519"] });

test.each([
  ["dynamic", Math.ceil(RUNS / 2)],
  ["plugin", Math.floor(RUNS / 2)],
] as const)(
  `A run of the %s front that is killed at any moment leaves nothing twice and loses nothing, %i times (seed ${SEED})`,
  async (front, runs) => {
    emulator.cloud.openSsh();
    const shop = new KilledShop(front, emulator, stack, new Chance(SEED + front.length));
    const bad: KilledRun[] = [];
    for (let run = 1; run <= runs; run++) {
      const killed = await shop.kill();
      if (REPORT) appendFileSync(REPORT, `${JSON.stringify(killed)}\n`);
      if (killed.wrong.length > 0) bad.push(killed);
    }
    expect({ bad, atTheEnd: await shop.end() }).toEqual({ bad: [], atTheEnd: [] });
  },
);
