// Child processes that never outlive the program.
import { spawn } from "node:child_process";
import { StringDecoder } from "node:string_decoder";
import { beforeLeaving, isLeaving } from "./leave.mjs";
import { killTree } from "./tree.mjs";

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] the whole environment; default: ours
 * @property {string} [input] given on stdin; default: an empty stdin
 * @property {(line: string) => void} [onLine] gets every line of stdout and stderr as it comes
 * @property {number} [timeoutMs] ends the command with all its children; default: none
 *
 * @typedef {object} Ended
 * @property {number} code the exit code; 127 when there is no such command, 128 when a signal ended it
 * @property {string} stdout
 * @property {string} output stdout and stderr as they came
 */

/**
 * Runs a command to its end, in a process group of its own: a Ctrl-C reaches us alone, and we end the whole tree.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Ended>}
 */
export function run(command, args, options = {}) {
  // On the way out nothing new is started.
  if (isLeaving()) return new Promise(() => {});
  const child = spawn(command, args, { cwd: options.cwd, env: options.env ?? process.env, detached: true });
  const kill = beforeLeaving(() => killRunning(child));
  const timer = options.timeoutMs ? setTimeout(kill, options.timeoutMs) : undefined;
  const read = collect(child, options.onLine);
  // A command that reads nothing and ends closes the pipe under us.
  child.stdin.on("error", () => {});
  child.stdin.end(options.input ?? "");
  return new Promise((resolve) => {
    /** @param {number} code */
    const end = (code) => {
      clearTimeout(timer);
      // Killed because we leave: whoever waits must not go on as if the command had failed.
      if (isLeaving()) return;
      void kill();
      resolve({ code, ...read() });
    };
    child.on("error", () => end(127));
    child.on("close", (code) => end(code ?? 128));
  });
}

/**
 * As run, for a command that must succeed.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>} stdout
 * @throws {Error} with the end of the output
 */
export async function mustRun(command, args, options) {
  const { code, stdout, output } = await run(command, args, options);
  if (code === 0) return stdout;
  const tail = output.trimEnd().split("\n").slice(-40).join("\n");
  throw new Error(`${command} ${args.join(" ")} ended with exit code ${code}\n${tail}`);
}

/**
 * @param {import("node:child_process").ChildProcessWithoutNullStreams} child
 * @param {((line: string) => void) | undefined} onLine
 */
function collect(child, onLine) {
  let stdout = "";
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    const decoder = new StringDecoder("utf8");
    let rest = "";
    stream.on("data", (chunk) => {
      const text = decoder.write(chunk);
      output += text;
      if (stream === child.stdout) stdout += text;
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) onLine?.(line);
    });
  }
  return () => ({ stdout, output });
}

/**
 * Starts a command that stays until it is stopped, or until the program leaves.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 * @returns {() => Promise<void>} stops it with all that it started
 */
export function start(command, args, options) {
  const child = spawn(command, args, { ...options, detached: true, stdio: "ignore" });
  // Whoever needs it finds out that it is not there.
  child.on("error", () => {});
  return beforeLeaving(() => killRunning(child));
}

/** @param {import("node:child_process").ChildProcess} child @returns {Promise<void>} when it is gone */
async function killRunning(child) {
  if (!child.pid || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  killTree(child.pid);
  await gone;
}
