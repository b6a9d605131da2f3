// Memory and processor time of a process, from /proc. Only on Linux.
import { readFileSync } from "node:fs";

/** The kernel's unit of processor time: 1/100 s on every Linux that Node supports. */
const TICKS_PER_SECOND = 100;

/** @param {number} pid @returns {{ now: number, peak: number, anonymous: number }} in KiB; 0 if the process has ended */
export function memoryOf(pid) {
  const status = readProcess(pid, "status");
  const field = (/** @type {string} */ name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
  return { now: field("VmRSS"), peak: field("VmHWM"), anonymous: field("RssAnon") };
}

/** @param {number} pid @returns {number} the processor time of all its threads so far, in seconds; 0 if it has ended */
export function processorSeconds(pid) {
  const stat = readProcess(pid, "stat");
  // "pid (name) state ...": the name may contain anything, even brackets. utime and stime are the fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_SECOND;
}

/** @param {number} pid @param {string} file such as "cmdline" @returns {string} empty if the process has ended */
export function readProcess(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
