// Clean-up at exit: ends what was started and removes what was created, whatever ends the program.

/** The clean-up may take this long, in milliseconds. Then the program ends anyway. */
const CLEANUP_TIMEOUT = 10_000;

/** The exit code after a signal. */
export const INTERRUPTED = 130;

/** @type {Set<() => unknown>} */
const cleanups = new Set();
/** @type {Promise<never> | undefined} */
let exiting;

/**
 * Registers a clean-up for the end of the program. The newest runs first.
 *
 * @param {() => unknown} undo may be asynchronous; is called at most once, at any moment
 * @returns {() => Promise<void>} runs the clean-up now
 */
export function beforeExit(undo) {
  cleanups.add(undo);
  return async () => {
    if (cleanups.delete(undo)) await undo();
  };
}

/** @returns {boolean} whether the program is exiting; errors of its child processes are then expected */
export const isExiting = () => exiting !== undefined;

/** @param {number} code @returns {Promise<never>} runs every clean-up and ends the program; later calls wait for the first */
export function cleanUpAndExit(code) {
  exiting ??= cleanUpAll().then(() => process.exit(code));
  return exiting;
}

async function cleanUpAll() {
  setTimeout(() => process.exit(1), CLEANUP_TIMEOUT).unref();
  while (cleanups.size > 0) {
    for (const undo of [...cleanups].reverse()) {
      cleanups.delete(undo);
      try {
        await undo();
      } catch (error) {
        process.stderr.write(`Clean-up failed: ${error instanceof Error ? error.message : error}\n`);
      }
    }
  }
}

/** How often to check that the parent still runs, in milliseconds: npm does not tell its children when it ends. */
const PARENT_POLL = 500;

/** From now on the program cleans up on Ctrl-C, SIGTERM, a closed terminal or pipe, and the end of its parent. */
export function exitOnSignals() {
  const stop = () => cleanUpAndExit(INTERRUPTED);
  for (const event of ["SIGINT", "SIGTERM", "SIGHUP", "disconnect"]) process.on(event, stop);
  // The reader is gone (`npm start | head`).
  for (const stream of [process.stdout, process.stderr]) stream.on("error", stop);
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) void stop();
  }, PARENT_POLL).unref();
}

/**
 * Runs the main function of a program and exits with the code that it returns. On an error, prints it and exits with 1.
 *
 * @param {() => Promise<number>} main
 */
export async function runMain(main) {
  exitOnSignals();
  try {
    await cleanUpAndExit(await main());
  } catch (error) {
    if (!isExiting()) process.stderr.write(`\n${describe(error)}\n`);
    await cleanUpAndExit(1);
  }
}

/** @param {unknown} error @returns {string} the message of a plain Error, which is written for users; the stack of any other error */
function describe(error) {
  if (!(error instanceof Error)) return String(error);
  return error.name === "Error" ? `Error: ${error.message}` : (error.stack ?? error.message);
}
