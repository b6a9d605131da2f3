/** Which process has something, told by a line in a file that may outlive it. */
import { readFileSync, readlinkSync } from "node:fs";
import { codeOf } from "./system_error";

/** The line of this process: its id, and, since ids are used again, when it started and among which processes. */
export function describeThisProcess(): string {
  return `${process.pid} ${startTimeOf(process.pid)} ${pidNamespace()}`;
}

/** The id of the process that wrote a line, as long as that lives. */
export function livingOwner(line: string): number | undefined {
  const [id, started = ""] = line.split(" ");
  const pid = Number(id);
  return isAlive(pid) && startTimeOf(pid) === started ? pid : undefined;
}

/** Whether the process that wrote a line has certainly ended; in another container's it cannot be seen. */
export function hasEnded(line: string): boolean {
  const [, , namespace] = line.split(" ");
  return namespace === pidNamespace() && livingOwner(line) === undefined;
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** When a process started, in the kernel's ticks; empty where there is no /proc, and there the id alone decides. */
function startTimeOf(pid: number): string {
  try {
    // The name, in parentheses, may hold blanks; the start is the 20th field after it (proc(5)).
    return (
      readFileSync(`/proc/${pid}/stat`, "latin1")
        .replace(/^.*\) /s, "")
        .split(" ")[19] ?? ""
    );
  } catch {
    return "";
  }
}

/** Within what ids of processes mean the same: `pid:[4026531836]`; empty where there is no /proc. */
function pidNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}
