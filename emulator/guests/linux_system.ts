/**
 * A guest as a Linux of its own: namespaces with a range of user ids, in which its root is root and is nobody outside.
 *
 * It sees what is put into it and nothing else: this machine's programs, which it cannot write, and its own files. Only
 * root can make one, since only root may map ids that are not its own.
 */
import type { ChildProcess, StdioOptions } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { ProcessGroup } from "./confinement";
import { hidingScript, type ProgramChoice } from "./machine_programs";
import type { Place } from "./place";
import { SYSTEM_PATH } from "./shims";

/** How many ids a guest has: 0 for its root, those of its services, 1000 for its user, and the last one for nobody. */
export const IDS = 2048;

/** What every Linux calls nobody. */
const NOBODY = 65_534;

/** The program that has the guest's sshd read its host keys: `systemctl reload ssh`. */
export const RELOAD = "/usr/local/bin/systemctl";

/** Where its mounts of this machine's programs are, inside. */
const PROGRAMS = "/run/programs";

const namespaceOptions = ["--user", "--keep-caps", "--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child"];

// The ids have a meaning once this process has written the map; then the guest's root takes over.
const WAIT = `echo waiting; read -r mapped
exec setpriv --reuid 0 --regid 0 --clear-groups -- /bin/sh -c "$@"`;

// Runs as the guest's root, and ends as its first process, which lives no longer than this process does.
const boot = (hidePrograms: string) => `set -e
guest=$1 name=$2 group=$3
mount -t tmpfs -o mode=755 tmpfs "$guest/mnt"
cd "$guest/mnt"
for directory in usr bin sbin lib lib32 lib64 libx32; do
  if [ -L /$directory ]; then cp -P /$directory .; elif [ -d /$directory ]; then
    mkdir $directory
    mount --rbind /$directory $directory
    # What is root's outside is nobody's inside and cannot be written anyway.
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
# Where a container hides parts of /proc, the kernel refuses a new one.
mount -t proc proc proc || true
# Set-id programs of this machine mean nothing inside; this one is the guest's own.
cp "$(command -v setpriv)" run/become
chgrp "$group" run/become
chmod 4750 run/become
hostname "$name"
pivot_root . old
cd /
umount -l /old
rmdir /old
${hidePrograms}# The start of its sshd, as far as there is one.
if [ -x ${RELOAD} ]; then ${RELOAD} reload ssh || true; fi
echo ready
# While it waits, the shell takes leave of whatever dies without a parent, as the first process of a system does. The
# input by another number, because a shell gives what it runs in the background none.
exec 3<&0
cat <&3 >/dev/null &
wait $!`;

/** The namespaces of one guest, from `boot` to `end`. */
export class LinuxSystem {
  readonly #processes = new ProcessGroup();
  #first: ChildProcess | undefined;

  readonly #script: string;

  /**
   * @param groupOfRoot the group whose members may become root
   * @param programs the programs of this machine that the guest finds
   */
  constructor(
    readonly place: Place,
    readonly groupOfRoot: number,
    programs: ProgramChoice,
  ) {
    this.#script = boot(hidingScript(programs, PROGRAMS, ["/usr/local/sbin"]));
  }

  /** Makes the namespaces. @throws when the kernel or a missing program forbids it, with what was said */
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

  /** Whether its first process lives. The guest's root can end it, and with it all others, at any time. */
  get isUp(): boolean {
    return this.#first !== undefined;
  }

  /** Starts a program as the guest's root. @throws when the guest is not up, since its ids may be others' by now */
  run(program: readonly string[], stdio: StdioOptions): ChildProcess {
    const first = this.#first;
    if (first === undefined) throw new Error(`The guest ${this.place.hostname} is not up`);
    const enter = ["user", "mnt:mount", "uts", "ipc", "pid_for_children:pid"].map((namespace) => {
      const [file = "", option = file] = namespace.split(":");
      return `--${option}=/proc/${first.pid}/ns/${file}`;
    });
    return this.#processes.spawn("nsenter", [...enter, "--", ...program], spawnOptions(stdio));
  }

  /** Ends every process inside. */
  async end(): Promise<void> {
    const first = this.#first;
    this.#first = undefined;
    if (first && first.exitCode === null && first.signalCode === null) {
      // Its end takes every process inside along; killed from outside, it would be gone before they are.
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

// An environment of its own, so that no credential of the developer can be in it.
function spawnOptions(stdio: StdioOptions) {
  return { cwd: "/", env: { PATH: SYSTEM_PATH }, detached: true, stdio };
}

async function waitForOutput({ stdout }: ChildProcess): Promise<void> {
  if (stdout) await once(stdout, "data");
}

async function waitForFailure(child: ChildProcess): Promise<never> {
  const errors = child.stderr ? text(child.stderr) : "";
  await once(child, "exit");
  throw new Error(`No Linux of a guest's own can be made here: ${(await errors).trim() || "the kernel refuses"}`);
}
