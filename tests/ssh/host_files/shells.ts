/** Shells and programs that hosts may have, and environments in which commands find them. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LocalHost } from "./local_session";
import { GID, isRoot, UID } from "./workplace";

const SEARCHED = "/usr/local/bin:/usr/bin:/bin";

/** The path of a program; undefined if this machine lacks it. */
export function pathOf(program: string): string | undefined {
  const { stdout } = spawnSync("/bin/sh", ["-c", 'command -v "$1"', "sh", program], {
    env: { PATH: SEARCHED },
    encoding: "utf8",
  });
  return stdout.trim() || undefined;
}

/** Differences from this machine, for one command at a time. Nothing outside of the command changes. */
export interface Differences {
  /** The program that is /bin/sh. */
  readonly sh?: string;
  /** The first directory of PATH. */
  readonly path?: string;
  /** Programs that are missing. */
  readonly without?: readonly string[];
}

/** A host with those differences, in its own mount namespace. */
export function hostWith({ sh = "/bin/sh", path = "", without = [] }: Differences): LocalHost {
  const hide = without.flatMap((program) => pathOf(program) ?? []).map((file) => `mount --bind /dev/null ${file}`);
  const drop = isRoot ? `${pathOf("setpriv")} --reuid ${UID} --regid ${GID} --clear-groups --` : "";
  const words = [...hide, `mount --bind ${sh} /bin/sh`, `export PATH=${path && `${path}:`}${SEARCHED}`];
  const enter = isRoot ? ["unshare", "--mount"] : ["unshare", "--user", "--map-root-user", "--mount"];
  return { shell: [...enter, "bash", "-c", `${words.join("\n")}\nexec ${drop} /bin/sh "$@"`, "bash"] };
}

/** Why this machine cannot run such a host; undefined if it can. */
export const whyNoDifferences =
  spawnSync("unshare", [isRoot ? "-m" : "-rm", "true"]).status === 0 ? undefined : "no unshare";

/** A directory with busybox under the name of every program that it has. */
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
