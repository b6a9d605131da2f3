/** Properties: statements about any input of a kind, tried with many that fast-check makes up. */
import { type Arbitrary, assert, asyncProperty } from "fast-check";

/** `PROPERTY_RUNS=20 PROPERTY_SEED=7 npx jest property` tries twenty times as many cases, from another seed. */
const FACTOR = Number(process.env["PROPERTY_RUNS"] ?? 1);
const SEED = Number(process.env["PROPERTY_SEED"] ?? 1);

/** How long a property may take. A busy machine is slow, and a hang is still found. */
const TIMEOUT_MS = 120_000;

/** How many cases a property that is tried `count` times has in this run. */
export function casesOf(count: number): number {
  return Math.ceil(count * FACTOR);
}

/** What fast-check is told: the same cases in each run, unless the variables above say otherwise. */
export function settings(count: number) {
  return { seed: SEED, numRuns: casesOf(count) };
}

/** A test that a statement holds for `count` cases. The message of a failure has the smallest case that was found. */
export function property<Values extends [unknown, ...unknown[]]>(
  title: string,
  count: number,
  values: { [At in keyof Values]: Arbitrary<Values[At]> },
  holds: (...values: Values) => unknown,
): void {
  const statement = asyncProperty(...values, async (...given: Values) => void (await holds(...given)));
  test(title, () => assert(statement, settings(count)), TIMEOUT_MS * Math.max(1, FACTOR));
}
