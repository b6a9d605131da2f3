// Kills a process and all its descendants. Process groups are not enough: the Pulumi engine gives each plugin its own.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** @param {number} root @returns {number[]} its descendants, parents first */
export function descendants(root) {
  const all = allProcesses();
  const found = [root];
  for (const parent of found) found.push(...all.filter((child) => child.parent === parent).map((child) => child.pid));
  return found.slice(1);
}

/**
 * Kills a process and all its descendants. Each is stopped before its children are listed, so that it can start no more.
 *
 * @param {number} root
 */
export function killTree(root) {
  const stopped = new Set();
  for (let fresh = [root]; fresh.length > 0; fresh = descendants(root).filter((pid) => !stopped.has(pid))) {
    for (const pid of fresh) {
      stopped.add(pid);
      sendSignal(pid, "SIGSTOP");
    }
  }
  for (const pid of stopped) sendSignal(pid, "SIGKILL");
}

/** @param {number} pid @param {NodeJS.Signals | 0} name @returns {boolean} whether the process exists */
export function sendSignal(pid, name) {
  try {
    return process.kill(pid, name);
  } catch (error) {
    // EPERM: it exists and belongs to another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** @typedef {{ pid: number, parent: number }} Process */

/** @returns {Process[]} from /proc on Linux, because small systems have no `ps` */
function allProcesses() {
  return process.platform === "linux"
    ? readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .flatMap(readStat)
    : readPs();
}

/** @param {string} pid @returns {Process[]} empty if the process has just ended */
function readStat(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // "pid (name) state parent ...": the name may contain anything, even brackets.
    const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return [{ pid: Number(pid), parent: Number(parent) }];
  } catch {
    return [];
  }
}

/** @returns {Process[]} */
function readPs() {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  return lines.map((line) => line.trim().split(/\s+/).map(Number)).map(([pid = 0, parent = 0]) => ({ pid, parent }));
}
