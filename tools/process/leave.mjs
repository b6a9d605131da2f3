// Leaving without a trace: what was started or made is undone, whatever ends the program.

/** Cleaning up may take this long, in milliseconds; then the program ends all the same. */
const PATIENCE = 10_000;

/** The exit code of a program that was told to stop. */
export const INTERRUPTED = 130;

/** @type {Set<() => unknown>} */
const debts = new Set();
/** @type {Promise<never> | undefined} */
let leaving;

/**
 * Registers something to be undone before the program ends, the newest first.
 *
 * @param {() => unknown} undo may be asynchronous; must be safe to call once at any moment
 * @returns {() => Promise<void>} undoes it now
 */
export function beforeLeaving(undo) {
  debts.add(undo);
  return async () => {
    if (debts.delete(undo)) await undo();
  };
}

/** @returns {boolean} whether the program is on its way out, so that errors of what it stops are no news */
export const isLeaving = () => leaving !== undefined;

/** @param {number} code @returns {Promise<never>} undoes everything and ends the program; later calls wait for the first */
export function leave(code) {
  leaving ??= undoAll().then(() => process.exit(code));
  return leaving;
}

async function undoAll() {
  setTimeout(() => process.exit(1), PATIENCE).unref();
  while (debts.size > 0) {
    for (const undo of [...debts].reverse()) {
      debts.delete(undo);
      try {
        await undo();
      } catch (error) {
        process.stderr.write(`Cleaning up: ${error instanceof Error ? error.message : error}\n`);
      }
    }
  }
}

/** How often to look whether the parent is still there, in milliseconds: npm ends without a word to its children. */
const WATCH = 500;

/** From here on Ctrl-C, a kill, a closed terminal or pipe, and the end of the parent all clean up first. */
export function leaveWhenTold() {
  const stop = () => leave(INTERRUPTED);
  for (const event of ["SIGINT", "SIGTERM", "SIGHUP", "disconnect"]) process.on(event, stop);
  // Nobody reads any more (`npm start | head`): there is nothing left to say, and everything left to undo.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", stop);
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) void stop();
  }, WATCH).unref();
}

/**
 * Runs a program's main function and ends the program with its exit code. An error ends it with 1, its message shown.
 *
 * @param {() => Promise<number>} main
 */
export async function runMain(main) {
  leaveWhenTold();
  try {
    await leave(await main());
  } catch (error) {
    if (!isLeaving()) process.stderr.write(`\n${describe(error)}\n`);
    await leave(1);
  }
}

/** @param {unknown} error @returns {string} the message of an error meant for people, the stack of any other */
function describe(error) {
  if (!(error instanceof Error)) return String(error);
  return error.name === "Error" ? `Error: ${error.message}` : (error.stack ?? error.message);
}
