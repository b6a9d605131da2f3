// Child processes that end with the program.
import { spawn } from "node:child_process";
import { StringDecoder } from "node:string_decoder";
import { beforeExit, isExiting } from "./leave.mjs";
import { killTree } from "./tree.mjs";

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] the whole environment; default: ours
 * @property {string} [input] given on stdin; default: an empty stdin
 * @property {(line: string) => void} [onLine] is called with each line of stdout and stderr
 * @property {number} [timeoutMs] kills the command and all its children; default: none
 *
 * @typedef {object} Result
 * @property {number} code the exit code; 127 if the command does not exist, 128 if a signal ended it
 * @property {string} stdout
 * @property {string} output stdout and stderr, in the order in which they arrived
 */

/**
 * Runs a command until it ends, in its own process group: a Ctrl-C reaches only us, and we kill the whole tree.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Result>}
 */
export function run(command, args, options = {}) {
  // During the clean-up nothing new is started.
  if (isExiting()) return new Promise(() => {});
  const child = spawn(command, args, { cwd: options.cwd, env: options.env ?? process.env, detached: true });
  const kill = beforeExit(() => killAndWait(child));
  const timer = options.timeoutMs ? setTimeout(kill, options.timeoutMs) : undefined;
  const read = collect(child, options.onLine);
  // A command that ends without reading its stdin closes the pipe.
  child.stdin.on("error", () => {});
  child.stdin.end(options.input ?? "");
  return new Promise((resolve) => {
    /** @param {number} code */
    const end = (code) => {
      clearTimeout(timer);
      // We killed it because we exit: the caller must not continue as if the command had failed.
      if (isExiting()) return;
      void kill();
      resolve({ code, ...read() });
    };
    child.on("error", () => end(127));
    child.on("close", (code) => end(code ?? 128));
  });
}

/**
 * Runs a command that must succeed.
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
 * Starts a command in the background. It runs until it is stopped, or until the program exits.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 * @returns {() => Promise<void>} kills it and all its children
 */
export function start(command, args, options) {
  const child = spawn(command, args, { ...options, detached: true, stdio: "ignore" });
  // The caller notices that it does not run.
  child.on("error", () => {});
  return beforeExit(() => killAndWait(child));
}

/** @param {import("node:child_process").ChildProcess} child @returns {Promise<void>} resolves when it has ended */
async function killAndWait(child) {
  if (!child.pid || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  killTree(child.pid);
  await ended;
}
