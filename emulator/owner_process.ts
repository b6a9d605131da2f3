/** Which process owns a directory. Its line in a file says so, and the file may outlive the process. */
import { readFileSync, readlinkSync } from "node:fs";
import { codeOf } from "./system_error";

/** The line of this process: its id, and, because ids are reused, its start time and PID namespace. */
export function describeThisProcess(): string {
  return `${process.pid} ${startTimeOf(process.pid)} ${pidNamespace()}`;
}

/** The id of the process that wrote a line; undefined when it has ended. */
export function livingOwner(line: string): number | undefined {
  const [id, started = ""] = line.split(" ");
  const pid = Number(id);
  return isAlive(pid) && startTimeOf(pid) === started ? pid : undefined;
}

/** Whether the process that wrote a line has certainly ended. False for a process of another container. */
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

/** When a process started, in kernel ticks; empty without /proc, where the id alone decides. */
function startTimeOf(pid: number): string {
  try {
    // The name, in parentheses, may contain blanks; the start is the 20th field after it (proc(5)).
    return (
      readFileSync(`/proc/${pid}/stat`, "latin1")
        .replace(/^.*\) /s, "")
        .split(" ")[19] ?? ""
    );
  } catch {
    return "";
  }
}

/** The PID namespace of this process, such as `pid:[4026531836]`; empty without /proc. */
function pidNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}
