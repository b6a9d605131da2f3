import { readdirSync, readFileSync } from "node:fs";

/** A process gets its arguments when it executes its program, shortly after its start. They do not change after that. */
const enoughLooks = 10;

/** Collects the arguments of every process on the machine while it runs, as `ps` shows them to any user. */
export class ProcessArguments {
  readonly #seen = new Set<string>();
  /** How often each running process was inspected. */
  #looks = new Map<string, number>();
  readonly #timer = setInterval(() => this.#look(), 40).unref();

  /** All command lines so far, one per line. */
  text(): string {
    return [...this.#seen].join("\n");
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    this.#looks = new Map(pids.map((pid) => [pid, (this.#looks.get(pid) ?? 0) + 1]));
    for (const [pid, looks] of this.#looks) {
      if (looks > enoughLooks) continue;
      try {
        this.#seen.add(readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " "));
      } catch {
        // It ended after the listing.
      }
    }
  }
}

/** Processes that have this variable in their environment, written `NAME=value`. */
export function processesWith(variable: string): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => environmentOf(pid).includes(variable)).map(Number);
}

/** Whether the command line of a process contains a text. */
export function runs(pid: number, program: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(program);
  } catch {
    return false;
  }
}

function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    // It ended after the listing, or belongs to another user.
    return [];
  }
}
