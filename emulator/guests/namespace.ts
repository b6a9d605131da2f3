/**
 * Linux: a guest in user, mount, PID, IPC and UTS namespaces of its own, without any privilege.
 *
 * It has accounts, homes, a /tmp, processes and a host name of its own. It cannot see the developer's home, /run
 * (agents, container sockets) and /tmp, not even by absolute paths. Each command runs in one more user namespace, in
 * which it cannot undo the mounts.
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

/** The guest's directory, as its commands see it. */
const INSIDE = "/mnt";

/** The mounts of this machine's programs, as its commands see them. */
const PROGRAMS = `${INSIDE}/programs`;

// The first process keeps the namespaces alive until its input ends, which is at the latest when this process ends.
const holderScript = (hidePrograms: string) => `set -e
guest=$1 name=$2
shift 2
mount --bind "$guest" ${INSIDE}
for file in passwd group; do mount --bind ${INSIDE}/etc/$file /etc/$file; done
for hidden in "$@"; do if [ -d "$hidden" ]; then mount --bind ${INSIDE}/empty "$hidden"; fi; done
for directory in root home tmp; do mount --bind ${INSIDE}/$directory /$directory; done
# The kernel refuses a new /proc in a container that hides parts of its own.
mount -t proc proc /proc || true
hostname "$name"
${hidePrograms}echo ready
exec cat >/dev/null`;

/** Runs commands in namespaces, which it creates for the first command and keeps until `end`. */
export class NamespaceConfinement implements Confinement {
  readonly #processes = new ProcessGroup();
  readonly #script: string;
  #holder: Promise<number> | undefined;

  /** @param programs the programs of this machine that its commands find */
  constructor(
    readonly place: Place,
    programs: ProgramChoice,
  ) {
    this.#script = holderScript(hidingScript(programs, PROGRAMS, ["/usr/local/sbin", "/usr/local/bin"]));
  }

  /** @throws when the kernel allows no namespaces */
  async run(command: Command): Promise<ChildProcess> {
    this.#holder ??= this.#startHolder();
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

  async #startHolder(): Promise<number> {
    const { root, hostname, owner } = this.place;
    const args = [...namespaceOptions, "/bin/sh", "-c", this.#script, "sh", root, hostname, ...hiddenDirectories(root)];
    const options = {
      cwd: "/",
      env: { PATH: SYSTEM_PATH },
      stdio: ["pipe", "pipe", "ignore"] as ["pipe", "pipe", "ignore"],
    };
    const holder = this.#processes.spawn("unshare", args, detachedAs(owner, options));
    const failed = once(holder, "exit").then(() => Promise.reject(new Error("Namespaces cannot be created here")));
    await Promise.race([holder.stdout && once(holder.stdout, "data"), failed]);
    failed.catch(() => undefined);
    // A process that has written something has an id.
    return holder.pid ?? 0;
  }
}

/** Directories of the developer or the emulator outside /root, /home and /tmp, which are replaced anyway. */
function hiddenDirectories(root: string): string[] {
  // Two levels up is the state directory, which contains the API secret, or else the directory of temporary files.
  const candidates = ["/run", "/var/tmp", homedir(), registeredHome(), tmpdir(), dirname(dirname(root))];
  const replaced = /^\/(root|home|tmp)?(\/|$)/;
  return [...new Set(candidates)].filter((path) => !replaced.test(path));
}

/** The home in /etc/passwd, which may differ from $HOME. In a container there may be no entry. */
function registeredHome(): string {
  try {
    return userInfo().homedir;
  } catch {
    return homedir();
  }
}
