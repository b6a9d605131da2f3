// Gives the terminal to another program until that one ends.
import { spawn } from "node:child_process";
import { beforeLeaving } from "./leave.mjs";

/**
 * The program shares our terminal and its Ctrl-C, and learns of our end by the channel between us. When we are told to
 * leave, it is told, and we wait for it.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, stdin?: "ignore" | "inherit" }} options stdin: by default nothing
 * @returns {Promise<number>} its exit code
 */
export async function handOver(command, args, { stdin = "ignore", ...options }) {
  const child = spawn(command, args, { ...options, stdio: [stdin, "inherit", "inherit", "ipc"] });
  const ended = new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
  const stop = beforeLeaving(() => {
    child.kill("SIGTERM");
    return ended;
  });
  const code = await ended;
  await stop();
  return code;
}
