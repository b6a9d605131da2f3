import type { ExecOptions } from "../connection/exec";
import { accountOf, pathOf } from "./account";
import type { Fields } from "./fields";
import type { HostFacts } from "./inspect_host";
import { READ } from "./read_script";
import { runScriptAs, type Shell } from "./run_script";
import { quote } from "./shell_text";

/**
 * What is known of a file: `read` its bytes; `missing`: there is none, or its link leads nowhere; `unreadable`: nobody
 * knows, the account may not look, or it has more than 1 MiB; `not-a-file`: a directory, a device or the like; `link-loop`: links in a circle.
 */
export type HostFileStatus = "read" | "missing" | "unreadable" | "not-a-file" | "link-loop";

const STATUSES: readonly HostFileStatus[] = ["read", "missing", "unreadable", "not-a-file", "link-loop"];

/** A file of a host at one moment. */
export interface HostFile {
  /** Its absolute path as sshd would open it. */
  readonly path: string;
  /** Where its path leads when links are followed: that file is edited, and the link stays. */
  readonly resolved: string;
  /** What is known of it. */
  readonly status: HostFileStatus;
  /** What is in it, byte for byte; empty unless `status` is `read`. */
  readonly bytes: Buffer;
  /** Under how many names the file system has it: with more than one, the others keep what is replaced here. 0 if unknown. */
  readonly links: number;
  /** Name of the account whom it belongs to; empty if unknown. */
  readonly owner: string;
  /** Its rights in octal, such as `0600`; empty if unknown. */
  readonly mode: string;
  /** Why it was not read: the host's own words, or its size. */
  readonly reason?: string;
}

/** How paths are taken. */
export interface ReadOptions extends ExecOptions {
  /** Whether `*`, `?` and `[` stand for themselves. Default false: all files that match are read, in order of their names. */
  readonly literal?: boolean;
}

/**
 * Reads files as the account that they are for, which is how sshd reads them too. A path that is not absolute is below its
 * home.
 *
 * Rejects as lookAtHost does; with InvalidTargetError for an account that was not found by that look.
 */
export async function readHostFiles(
  session: Shell,
  look: HostFacts,
  user: string,
  paths: readonly string[],
  options: ReadOptions = {},
): Promise<HostFile[]> {
  const account = accountOf(look, user);
  const absolute = paths.map((path) => pathOf(account, path));
  const text = [READ, ...absolute.map((path) => callFor(path, options)), "put end"].join("\n");
  const said = await runScriptAs(session, look, user, { text }, options);
  if ("refused" in said) return absolute.map((path) => unreadable(path, said.refused));
  return said.each("path").map(fileFrom);
}

function callFor(path: string, { literal = false }: ReadOptions): string {
  return `${!literal && /[*?[]/.test(path) ? "files" : "file"} ${quote(path)}`;
}

function unreadable(path: string, reason: string): HostFile {
  const nothing = { bytes: Buffer.alloc(0), links: 0, owner: "", mode: "" };
  return { path, resolved: path, status: "unreadable", ...nothing, reason };
}

function fileFrom(said: Fields): HostFile {
  const path = said.text("path") ?? "";
  const [mode = "", links = "0", owner = ""] = said.text("about")?.split(/ +/) ?? [];
  const status = STATUSES.find((each) => each === said.text("status")) ?? "unreadable";
  const reason = said.text("why") ?? "";
  return {
    path,
    resolved: said.text("resolved") ?? path,
    status,
    bytes: (status === "read" && said.bytes("bytes")) || Buffer.alloc(0),
    links: Number(links),
    owner,
    mode: octal(mode),
    ...(reason !== "" && { reason }),
  };
}

/** The rights as `ls` shows them, such as `-rw-r--r--`, in octal. */
function octal(shown: string): string {
  const [special, ...rest] = [0, 1, 4, 7].map((start) => shown.slice(start, start + 3));
  if (special === "" || rest.some((triple) => triple.length < 3)) return "";
  const digits = rest.map((triple) => [..."rwx"].reduce((sum, _, at) => sum * 2 + Number(granted(triple[at])), 0));
  const sticky = [shown[3], shown[6], shown[9]].reduce(
    (sum, letter) => sum * 2 + Number(/[st]/i.test(letter ?? "")),
    0,
  );
  return [sticky, ...digits].join("");
}

/** Upper case: the set-id or sticky bit without the right to run. */
const granted = (letter = "-") => /[a-z]/.test(letter);
