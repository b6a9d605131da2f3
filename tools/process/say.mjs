// What the tools tell the person at the terminal: short lines, and a sign of life while something takes long.

/** A line is due at least this often while work goes on, in milliseconds. */
const SILENCE = 4_000;

const terminal = process.stdout.isTTY && process.env["TERM"] !== "dumb";
const colour = terminal && !process.env["NO_COLOR"];
/** Takes back a sign of life that stands on the current line. */
const ERASE = terminal ? "\r\u001b[2K" : "";
let spoken = Date.now();

/** @param {string} [line] */
export function say(line = "") {
  process.stdout.write(`${ERASE}${line}\n`);
  spoken = Date.now();
}

/** @param {string} line on a terminal the next line takes its place; in a log it stays */
function signOfLife(line) {
  if (!terminal) return say(line);
  process.stdout.write(ERASE + line.slice(0, process.stdout.columns - 1));
  spoken = Date.now();
}

/** @param {string} text @returns {string} the text in bold where the terminal shows it */
export const bold = (text) => (colour ? `\u001b[1m${text}\u001b[22m` : text);

/** @param {string} text @returns {string} the text dimmed where the terminal shows it */
export const dim = (text) => (colour ? `\u001b[2m${text}\u001b[22m` : text);

/** @param {number} since a time in milliseconds @returns {string} the time passed, as "4.2 s" or "3 min 5 s" */
export function elapsed(since) {
  const seconds = (Date.now() - since) / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}

/**
 * Does the work, and says that it is still being done whenever nothing else was said for a while.
 *
 * @template T
 * @param {() => string} sign what is being done now, without the time
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function whileSaying(sign, work) {
  const start = Date.now();
  const timer = setInterval(() => {
    if (Date.now() - spoken >= SILENCE) signOfLife(`   ... ${sign()} (${elapsed(start)})`);
  }, 500);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    process.stdout.write(ERASE);
  }
}

/**
 * One piece of the set-up: announced, kept alive, and closed with the time that it took.
 *
 * @template T
 * @param {string} what such as "Installing the npm packages"
 * @param {(progress: (now: string) => void) => Promise<T>} work may say how far it is
 * @returns {Promise<T>}
 */
export async function step(what, work) {
  const start = Date.now();
  let now = "still at it";
  say(`${what} ...`);
  const result = await whileSaying(
    () => now,
    () =>
      work((text) => {
        now = text;
      }),
  );
  say(`   done in ${elapsed(start)}`);
  return result;
}
