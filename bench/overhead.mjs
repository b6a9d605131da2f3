// Measures the time that a resource takes in each front. The API answers at once.
import { join } from "node:path";
import { startEmulator } from "./emulator.mjs";
import { printTable, summary } from "./figures.mjs";
import { launcher } from "./plugins.mjs";
import { newPublicKey } from "./public_key.mjs";
import { Stack } from "./stack.mjs";

const counts = [1, 10, 100];
const fronts = /** @type {const} */ (["dynamic", "plugin"]);
const commands = /** @type {const} */ (["up", "refresh", "destroy"]);

/** @param {string} work a directory for files @param {number} rounds */
export async function benchOverhead(work, rounds) {
  const emulator = await startEmulator({ guests: "none" });
  const publicKeys = Array.from({ length: Math.max(...counts) }, newPublicKey);
  /** @type {Map<string, number[]>} */
  const times = new Map();
  // Warm-up: the first run reads files from the disk.
  for (const front of fronts)
    await runLifecycle(
      new Stack(join(work, `first-${front}`), emulator.environment, launcher),
      { front, pairs: 1, publicKeys },
      () => {},
    );
  for (let round = 0; round < rounds; round++) {
    // The order alternates, because the second of two runs finds more in the caches of the system.
    const inTurn = round % 2 === 0 ? fronts : fronts.toReversed();
    for (const pairs of counts) {
      for (const front of inTurn) {
        const stack = new Stack(join(work, `overhead-${round}-${pairs}-${front}`), emulator.environment, launcher);
        await runLifecycle(stack, { front, pairs, publicKeys }, (command, time) => {
          const key = keyOf(command, pairs, front);
          times.set(key, [...(times.get(key) ?? []), time]);
        });
      }
    }
  }
  await emulator.stop();
  print(rounds, (command, pairs, front) => summary(times.get(keyOf(command, pairs, front)) ?? []).median);
}

/**
 * @param {Stack} stack
 * @param {import("./stack.mjs").Program} program
 * @param {(command: string, time: number) => void} record is called with the time of each command, in milliseconds
 */
async function runLifecycle(stack, program, record) {
  await stack.declare(program);
  for (const command of commands) record(command, await stack.run(command));
}

/** @param {string} command @param {number} pairs @param {string} front */
function keyOf(command, pairs, front) {
  return [command, pairs, front].join();
}

/** @param {number} rounds @param {(command: string, pairs: number, front: string) => number} median */
function print(rounds, median) {
  process.stdout.write(
    `SshKeyPairs with an imported public key, both fronts in turn, in seconds: median of ${rounds}\n`,
  );
  const rows = commands.flatMap((command) =>
    counts.map((pairs) => {
      const [dynamic, plugin] = [median(command, pairs, "dynamic"), median(command, pairs, "plugin")];
      const seconds = [dynamic, plugin].map((each) => (each / 1000).toFixed(2));
      return [`${command} ${pairs}`, ...seconds, (dynamic / plugin).toFixed(2)];
    }),
  );
  printTable([["", "dynamic", "plugin", "dynamic / plugin"], ...rows]);
  process.stdout.write(`Milliseconds for each further resource, from ${counts[0]} to ${counts.at(-1)} resources\n`);
  const [least = 1, most = 1] = [counts[0], counts.at(-1)];
  const each = (/** @type {string} */ command, /** @type {string} */ front) =>
    (median(command, most, front) - median(command, least, front)) / (most - least);
  const cells = commands.map((command) => [command, ...fronts.map((front) => each(command, front).toFixed(1))]);
  printTable([["", ...fronts], ...cells]);
}
