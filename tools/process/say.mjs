// Output of the tools for the person at the terminal: short lines, and progress while something takes long.

/** While work is running, progress is printed after this long without output, in milliseconds. */
const PROGRESS_INTERVAL = 4_000;

const terminal = process.stdout.isTTY && process.env["TERM"] !== "dumb";
const colour = terminal && !process.env["NO_COLOR"];
/** Erases the progress on the current line. */
const ERASE = terminal ? "\r\u001b[2K" : "";
let lastOutput = Date.now();

/** @param {string} [line] */
export function print(line = "") {
  process.stdout.write(`${ERASE}${line}\n`);
  lastOutput = Date.now();
}

/** @param {string} line on a terminal the next line replaces it; in a log it stays */
function printProgress(line) {
  if (!terminal) return print(line);
  process.stdout.write(ERASE + line.slice(0, process.stdout.columns - 1));
  lastOutput = Date.now();
}

/** @param {string} text @returns {string} the text in bold if the terminal can show it */
export const bold = (text) => (colour ? `\u001b[1m${text}\u001b[22m` : text);

/** @param {string} text @returns {string} the text dimmed if the terminal can show it */
export const dim = (text) => (colour ? `\u001b[2m${text}\u001b[22m` : text);

/** @param {string} text @returns {string} the text in green if the terminal can show it */
export const green = (text) => (colour ? `\u001b[32m${text}\u001b[39m` : text);

/** @param {string} text @returns {string} the text in red if the terminal can show it */
export const red = (text) => (colour ? `\u001b[31m${text}\u001b[39m` : text);

/** @param {number} since a time in milliseconds @returns {string} the time passed, as "4.2 s" or "3 min 5 s" */
export function elapsed(since) {
  const seconds = (Date.now() - since) / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}

/**
 * Runs the work, and prints progress whenever nothing was printed for a while.
 *
 * @template T
 * @param {() => string} progress what is being done now, without the time
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withProgress(progress, work) {
  const start = Date.now();
  const timer = setInterval(() => {
    if (Date.now() - lastOutput >= PROGRESS_INTERVAL) printProgress(`   ... ${progress()} (${elapsed(start)})`);
  }, 500);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    process.stdout.write(ERASE);
  }
}

/**
 * Runs one step: prints its title, progress while it runs, and how long it took.
 *
 * @template T
 * @param {string} what such as "Installing the npm packages"
 * @param {(progress: (now: string) => void) => Promise<T>} work may report its progress
 * @returns {Promise<T>}
 */
export async function step(what, work) {
  const start = Date.now();
  let now = "still running";
  print(`${what} ...`);
  const result = await withProgress(
    () => now,
    () =>
      work((text) => {
        now = text;
      }),
  );
  print(`   done in ${elapsed(start)}`);
  return result;
}
