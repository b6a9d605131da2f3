/** Keeps a guest's commands away from the machine on which they run. */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { join } from "node:path";
import { homeOf, type Place } from "./place";
import { SYSTEM_PATH } from "./shims";

/** One command to run in a guest. */
export interface Command {
  readonly user: string;
  /** Arguments of /bin/sh. */
  readonly shell: readonly string[];
  /** Variables beside the guest's own. No other variable of this process is passed on. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Runs the commands of one guest. */
export interface Confinement {
  run(command: Command): Promise<ChildProcess>;
  /** Ends every process of the guest. */
  end(): Promise<void>;
}

/** The environment of a command: an allow-list, so that it contains no credential of the developer. */
export function environmentOf(place: Place, command: Command, root: string, home: string): Record<string, string> {
  return {
    ...command.environment,
    HOME: home,
    USER: command.user,
    LOGNAME: command.user,
    SHELL: "/bin/sh",
    LANG: "C.UTF-8",
    PATH: `${join(root, "bin")}:${SYSTEM_PATH}`,
    GUEST_ROOT: root,
    GUEST_USER: command.user,
    GUEST_HOSTNAME: place.hostname,
  };
}

/** Spawn options for a process in its own group, without privileges when this process is root. */
export function detachedAs(owner: number | undefined, options: SpawnOptions): SpawnOptions {
  return { ...options, detached: true, ...(owner !== undefined && { uid: owner, gid: owner }) };
}

/** Processes that end together. */
export class ProcessGroup {
  readonly #running = new Map<ChildProcess, Promise<void>>();

  /** Starts a process, which belongs to the group until it has ended. */
  spawn(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    const child = spawn(program, args, options);
    const ended = new Promise<void>((resolve) => {
      child.once("close", () => resolve());
      child.once("error", () => resolve());
    });
    this.#running.set(
      child,
      ended.finally(() => this.#running.delete(child)),
    );
    return child;
  }

  /** Kills each process with its group, and waits until all are gone. */
  async end(): Promise<void> {
    const ending = [...this.#running];
    for (const [child] of ending) {
      for (const stream of child.stdio) stream?.destroy();
      killGroup(child);
    }
    await Promise.all(ending.map(([, ended]) => ended));
  }
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

/**
 * Without namespaces: a home of its own, a PATH with the shims first, a minimal environment, and an unprivileged owner
 * when this process is root. With absolute paths, commands reach every file that the owner may use.
 */
export class PlainConfinement implements Confinement {
  readonly #processes = new ProcessGroup();

  constructor(readonly place: Place) {}

  async run(command: Command): Promise<ChildProcess> {
    const home = homeOf(this.place, command.user);
    const env = environmentOf(this.place, command, this.place.root, home);
    return this.#processes.spawn("/bin/sh", command.shell, detachedAs(this.place.owner, { cwd: home, env }));
  }

  end(): Promise<void> {
    return this.#processes.end();
  }
}
