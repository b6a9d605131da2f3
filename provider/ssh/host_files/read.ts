import type { ExecOptions } from "../connection/exec";
import { accountOf, pathOf } from "./account";
import { fileFrom, type HostFile } from "./host_file";
import type { HostFacts } from "./inspect_host";
import { READ } from "./read_script";
import { runScriptAs, type Shell } from "./run_script";
import { quote } from "./shell_text";

export type { HostFile, HostFileStatus, ReadObstacle } from "./host_file";

/** How paths are understood. */
export interface ReadOptions extends ExecOptions {
  /** Whether `*`, `?` and `[` are ordinary characters. Default false: all files that match are read, in order of their names. */
  readonly literal?: boolean;
  /**
   * Whether only the content is needed: `links`, `owner` and `mode` are then unknown, and a file of more than 1 MiB is
   * read too, up to `maxOutputBytes`. Default false.
   */
  readonly contentOnly?: boolean;
}

/**
 * Reads files as the account, as sshd does too. A relative path is below the account's home.
 *
 * Rejects as inspectHost does; with InvalidTargetError for an account that is not in `facts`.
 */
export async function readHostFiles(
  session: Shell,
  facts: HostFacts,
  user: string,
  paths: readonly string[],
  options: ReadOptions = {},
): Promise<HostFile[]> {
  const account = accountOf(facts, user);
  const absolute = paths.map((path) => pathOf(account, path));
  const text = [READ, ...absolute.map((path) => callFor(path, options)), "put end"].join("\n");
  const variables = { content_only: options.contentOnly ? "1" : "" };
  const answer = await runScriptAs(session, facts, user, { text, variables }, options);
  if ("refused" in answer) return absolute.map((path) => unreadable(path, answer.refused));
  return answer.each("path").map(fileFrom);
}

/** Whether a path stands for all files that match it, unless it is `literal`. */
export function isPattern(path: string): boolean {
  return /[*?[]/.test(path);
}

function callFor(path: string, { literal = false }: ReadOptions): string {
  return `${!literal && isPattern(path) ? "files" : "file"} ${quote(path)}`;
}

function unreadable(path: string, reason: string): HostFile {
  const nothing = { bytes: Buffer.alloc(0), links: 0, owner: "", mode: "" };
  return { path, resolved: path, status: "unreadable", ...nothing, reason, obstacle: "no-rights" };
}
