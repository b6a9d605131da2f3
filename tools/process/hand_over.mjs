// Runs a program in the foreground: it has the terminal until it ends.
import { spawn } from "node:child_process";
import { beforeExit } from "./leave.mjs";

/**
 * The child shares our terminal and its Ctrl-C, and notices our end because the IPC channel closes. When we have to
 * exit, we send it SIGTERM and wait for it.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, stdin?: "ignore" | "inherit" }} options stdin: empty by default
 * @returns {Promise<number>} its exit code
 */
export async function runInForeground(command, args, { stdin = "ignore", ...options }) {
  const child = spawn(command, args, { ...options, stdio: [stdin, "inherit", "inherit", "ipc"] });
  const ended = new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
  const stop = beforeExit(() => {
    child.kill("SIGTERM");
    return ended;
  });
  const code = await ended;
  await stop();
  return code;
}
