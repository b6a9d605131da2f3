/**
 * A guest in Linux namespaces with a range of user ids: its root is root inside, and an unprivileged user outside.
 *
 * It sees its own files and this machine's programs, which it cannot write. Only root can create such a guest, because
 * only root may map ids of other users.
 */
import type { ChildProcess, StdioOptions } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { ProcessGroup } from "./confinement";
import { hidingScript, type ProgramChoice } from "./machine_programs";
import type { Place } from "./place";
import { SYSTEM_PATH } from "./shims";

/**
 * How many user ids a guest has: 0 for root, some for services, 1000 for the default user, and the last one for nobody.
 */
export const IDS = 2048;

/** The id of nobody on every Linux. */
const NOBODY = 65_534;

/** The program that makes the guest's sshd load its host keys: `systemctl reload ssh`. */
export const RELOAD = "/usr/local/bin/systemctl";

/** The mounts of this machine's programs, as the guest sees them. */
const PROGRAMS = "/run/programs";

const namespaceOptions = ["--user", "--keep-caps", "--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child"];

// Waits until this process has written the id map, and then becomes the guest's root.
const WAIT = `echo waiting; read -r mapped
exec setpriv --reuid 0 --regid 0 --clear-groups -- /bin/sh -c "$@"`;

// Runs as the guest's root and becomes its first process, which ends when this process ends.
const bootScript = (hidePrograms: string) => `set -e
guest=$1 name=$2 group=$3
mount -t tmpfs -o mode=755 tmpfs "$guest/mnt"
cd "$guest/mnt"
for directory in usr bin sbin lib lib32 lib64 libx32; do
  if [ -L /$directory ]; then cp -P /$directory .; elif [ -d /$directory ]; then
    mkdir $directory
    mount --rbind /$directory $directory
    # Without this, files of the real root are still not writable: inside they belong to nobody.
    mount -o remount,bind,ro $directory || true
  fi
done
mkdir -p dev/pts run/sshd proc old
for directory in etc home root tmp var; do mkdir $directory; mount --bind "$guest/$directory" $directory; done
mount --bind "$guest/bin" usr/local/bin
for file in alternatives ld.so.cache ld.so.conf ld.so.conf.d localtime; do
  if [ -d /etc/$file ]; then mkdir -p etc/$file; elif [ -e /etc/$file ]; then : >>etc/$file; else continue; fi
  mount --rbind /etc/$file etc/$file
done
for device in null zero full random urandom tty; do : >dev/$device; mount --bind /dev/$device dev/$device; done
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
# The kernel refuses a new /proc in a container that hides parts of its own.
mount -t proc proc proc || true
# Set-id programs of this machine have no effect inside. This copy belongs to the guest's root.
cp "$(command -v setpriv)" run/become
chgrp "$group" run/become
chmod 4750 run/become
hostname "$name"
pivot_root . old
cd /
umount -l /old
rmdir /old
${hidePrograms}# Loads the host keys, as a starting sshd does.
if [ -x ${RELOAD} ]; then ${RELOAD} reload ssh || true; fi
echo ready
# While it waits, the shell reaps orphaned processes, as the first process of a system must. The input gets another
# number, because a shell gives /dev/null to background commands.
exec 3<&0
cat <&3 >/dev/null &
wait $!`;

/** The namespaces of one guest, from `boot` to `end`. */
export class LinuxSystem {
  readonly #processes = new ProcessGroup();
  readonly #script: string;
  #first: ChildProcess | undefined;

  /**
   * @param groupOfRoot the group whose members may become root
   * @param programs the programs of this machine that the guest finds
   */
  constructor(
    readonly place: Place,
    readonly groupOfRoot: number,
    programs: ProgramChoice,
  ) {
    this.#script = bootScript(hidingScript(programs, PROGRAMS, ["/usr/local/sbin"]));
  }

  /** Creates the namespaces. @throws with the output of the program when the kernel refuses or a program is missing */
  async boot(): Promise<void> {
    if (this.#first !== undefined) return;
    const { root, hostname, owner } = this.place;
    const script = ["/bin/sh", "-c", WAIT, "sh", this.#script, "sh", root, hostname, String(this.groupOfRoot)];
    const first = this.#processes.spawn(
      "unshare",
      [...namespaceOptions, ...script],
      spawnOptions(["pipe", "pipe", "pipe"]),
    );
    const failed = waitForFailure(first);
    failed.catch(() => undefined);
    await Promise.race([waitForOutput(first), failed]);
    for (const map of ["gid_map", "uid_map"]) await writeFile(`/proc/${first.pid}/${map}`, idMap(owner));
    first.stdin?.write("\n");
    await Promise.race([waitForOutput(first), failed]);
    this.#first = first;
    first.once("exit", () => {
      if (this.#first === first) this.#first = undefined;
    });
  }

  /** Whether its first process runs. The guest's root can end it at any time, and with it every other process. */
  get isUp(): boolean {
    return this.#first !== undefined;
  }

  /** Starts a program as the guest's root. @throws when the guest does not run, because its process id may be reused */
  run(program: readonly string[], stdio: StdioOptions): ChildProcess {
    const first = this.#first;
    if (first === undefined) throw new Error(`The guest ${this.place.hostname} does not run`);
    const enter = ["user", "mnt:mount", "uts", "ipc", "pid_for_children:pid"].map((namespace) => {
      const [file = "", option = file] = namespace.split(":");
      return `--${option}=/proc/${first.pid}/ns/${file}`;
    });
    return this.#processes.spawn("nsenter", [...enter, "--", ...program], spawnOptions(stdio));
  }

  /** Ends every process of the guest. */
  async end(): Promise<void> {
    const first = this.#first;
    this.#first = undefined;
    if (first && first.exitCode === null && first.signalCode === null) {
      // When it exits by itself, every other process has ended. When it is killed, they may outlive it for a moment.
      const ended = once(first, "exit");
      first.stdin?.end();
      await ended;
    }
    await this.#processes.end();
  }
}

/** As /proc/PID/uid_map takes it (user_namespaces(7)): first id inside, first id outside, how many. */
function idMap(owner: number | undefined): string {
  if (owner === undefined) throw new Error("Only root can give a guest ids of its own");
  const last = IDS - 1;
  return `0 ${owner} ${last}\n${NOBODY} ${owner + last} 1\n`;
}

// An environment of its own, so that it contains no credential of the developer.
function spawnOptions(stdio: StdioOptions) {
  return { cwd: "/", env: { PATH: SYSTEM_PATH }, detached: true, stdio };
}

async function waitForOutput({ stdout }: ChildProcess): Promise<void> {
  if (stdout) await once(stdout, "data");
}

async function waitForFailure(child: ChildProcess): Promise<never> {
  const errors = child.stderr ? text(child.stderr) : "";
  await once(child, "exit");
  throw new Error(`The namespaces of a guest cannot be created here: ${(await errors).trim() || "the kernel refuses"}`);
}
