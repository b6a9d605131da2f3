/**
 * Linux: a guest in user, mount, PID, IPC and UTS namespaces of its own, without any privilege.
 *
 * Its accounts, homes, /tmp, processes and host name are the guest's; the developer's home, /run (agents, container sockets) and
 * /tmp are out of sight, also under their absolute paths. Each command runs one user namespace deeper, where the
 * mounts cannot be undone.
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { homedir, tmpdir, userInfo } from "node:os";
import { dirname } from "node:path";
import { type Command, type Confinement, detachedAs, environmentOf, ProcessGroup } from "./confinement";
import { hidingScript, type ProgramChoice } from "./machine_programs";
import { idOf, type Place } from "./place";
import { SYSTEM_PATH } from "./shims";

const namespaceOptions = ["--user", "--map-root-user", "--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child"];

/** Where the guest's directory appears inside. */
const INSIDE = "/mnt";

/** Where its mounts of this machine's programs are, inside. */
const PROGRAMS = `${INSIDE}/programs`;

// The first process: it holds the namespaces until its input ends, hence no longer than this process lives.
const hold = (hidePrograms: string) => `set -e
guest=$1 name=$2
shift 2
mount --bind "$guest" ${INSIDE}
for file in passwd group; do mount --bind ${INSIDE}/etc/$file /etc/$file; done
for hidden in "$@"; do if [ -d "$hidden" ]; then mount --bind ${INSIDE}/empty "$hidden"; fi; done
for directory in root home tmp; do mount --bind ${INSIDE}/$directory /$directory; done
# Where a container hides parts of /proc, the kernel refuses a new one.
mount -t proc proc /proc || true
hostname "$name"
${hidePrograms}echo ready
exec cat >/dev/null`;

/** Runs commands inside namespaces that are made for the first one and last until `end`. */
export class NamespaceConfinement implements Confinement {
  readonly #processes = new ProcessGroup();
  #holder: Promise<number> | undefined;

  readonly #script: string;

  /** @param programs the programs of this machine that its commands find */
  constructor(
    readonly place: Place,
    programs: ProgramChoice,
  ) {
    this.#script = hold(hidingScript(programs, PROGRAMS, ["/usr/local/sbin", "/usr/local/bin"]));
  }

  /** @throws when the kernel allows no namespaces */
  async run(command: Command): Promise<ChildProcess> {
    this.#holder ??= this.#hold();
    const holder = `/proc/${await this.#holder}/ns`;
    const id = idOf(command.user);
    const home = command.user === "root" ? "/root" : `/home/${command.user}`;
    const enter = ["user", "mnt:mount", "uts", "ipc", "pid_for_children:pid"].map((namespace) => {
      const [file = "", option = file] = namespace.split(":");
      return `--${option}=${holder}/${file}`;
    });
    const deeper = ["unshare", "--user", "--mount", `--map-user=${id}`, `--map-group=${id}`];
    const shell = ["/bin/sh", "-c", 'cd "$HOME" && exec /bin/sh "$@"', "sh", ...command.shell];
    const env = { ...environmentOf(this.place, command, INSIDE, home), GUEST_NAMESPACE: "1" };
    const args = [...enter, "--preserve-credentials", "--", ...deeper, ...shell];
    return this.#processes.spawn("nsenter", args, detachedAs(this.place.owner, { cwd: "/", env }));
  }

  async end(): Promise<void> {
    await this.#holder?.catch(() => undefined);
    this.#holder = undefined;
    await this.#processes.end();
  }

  async #hold(): Promise<number> {
    const { root, hostname, owner } = this.place;
    const args = [...namespaceOptions, "/bin/sh", "-c", this.#script, "sh", root, hostname, ...hiddenDirectories(root)];
    const options = {
      cwd: "/",
      env: { PATH: SYSTEM_PATH },
      stdio: ["pipe", "pipe", "ignore"] as ["pipe", "pipe", "ignore"],
    };
    const holder = this.#processes.spawn("unshare", args, detachedAs(owner, options));
    const failed = once(holder, "exit").then(() => Promise.reject(new Error("No private namespace can be made here")));
    await Promise.race([holder.stdout && once(holder.stdout, "data"), failed]);
    failed.catch(() => undefined);
    // A process that has written something has an id.
    return holder.pid ?? 0;
  }
}

/** What is the developer's, or the emulator's, and lies outside /root, /home and /tmp, which are replaced anyway. */
function hiddenDirectories(root: string): string[] {
  // Two levels up is the state directory, with the API's secret, where there is one, and else the one for temporary files.
  const candidates = ["/run", "/var/tmp", homedir(), registeredHome(), tmpdir(), dirname(dirname(root))];
  const replaced = /^\/(root|home|tmp)?(\/|$)/;
  return [...new Set(candidates)].filter((path) => !replaced.test(path));
}

/** The home that /etc/passwd knows, which $HOME may differ from; in a container there may be no such entry. */
function registeredHome(): string {
  try {
    return userInfo().homedir;
  } catch {
    return homedir();
  }
}
