/** Shells and programs that hosts may have, and in what surroundings a command meets them. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LocalHost } from "./local_session";
import { GID, isRoot, UID } from "./workplace";

const SEARCHED = "/usr/local/bin:/usr/bin:/bin";

/** Where a program is; undefined where this machine lacks it. */
export function found(program: string): string | undefined {
  const { stdout } = spawnSync("/bin/sh", ["-c", 'command -v "$1"', "sh", program], {
    env: { PATH: SEARCHED },
    encoding: "utf8",
  });
  return stdout.trim() || undefined;
}

/** What is another one than on this machine, for one command at a time: nothing outside of it changes. */
export interface Surroundings {
  /** The program that is /bin/sh. */
  readonly sh?: string;
  /** What stands in PATH before the rest. */
  readonly path?: string;
  /** Programs that are missing. */
  readonly without?: readonly string[];
}

/** A host with those surroundings, in a mount namespace of its own. */
export function hostWith({ sh = "/bin/sh", path = "", without = [] }: Surroundings): LocalHost {
  const hide = without.flatMap((program) => found(program) ?? []).map((file) => `mount --bind /dev/null ${file}`);
  const drop = isRoot ? `${found("setpriv")} --reuid ${UID} --regid ${GID} --clear-groups --` : "";
  const words = [...hide, `mount --bind ${sh} /bin/sh`, `export PATH=${path && `${path}:`}${SEARCHED}`];
  const enter = isRoot ? ["unshare", "--mount"] : ["unshare", "--user", "--map-root-user", "--mount"];
  return { shell: [...enter, "bash", "-c", `${words.join("\n")}\nexec ${drop} /bin/sh "$@"`, "bash"] };
}

/** Why a host cannot have surroundings of its own here; undefined where it can. */
export const noSurroundings =
  spawnSync("unshare", [isRoot ? "-m" : "-rm", "true"]).status === 0 ? undefined : "no unshare";

/** A directory with busybox under the name of everything that it can be. */
export class Busybox {
  readonly directory = mkdtempSync(join(tmpdir(), "busybox-"));

  constructor(busybox: string) {
    spawnSync(busybox, ["--install", "-s", this.directory]);
    spawnSync("chmod", ["755", this.directory]);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}
