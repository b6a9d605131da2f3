import { KeyRestrictedError } from "../../errors";
import { printable } from "../../errors/printable";
import type { KeyLine } from "../authorized_keys/edit";
import { linesAgainst } from "../authorized_keys/opposing_lines";
import { commandBounds } from "../connection/host_access";
import { type AccountFile, readAccountFiles } from "./account_files";
import { type HostSession, ownFiles } from "./host_session";

/**
 * Checks that the options of a line will hold once the file at `path` has these bytes.
 *
 * @throws KeyRestrictedError if another line lets the key in without them
 */
export function checkOptionsWillHold(host: HostSession, line: KeyLine, path: string, bytes: Buffer): void {
  const files = ownFiles(host);
  // A second path may lead to the same file.
  const resolved = files.find((file) => file.path === path)?.resolved;
  checkOptionsHold(
    host,
    line,
    files.map((file) => (file.resolved === resolved ? { ...file, bytes } : file)),
  );
}

/** Reads the files again, and checks that the options of every added line hold. @throws KeyRestrictedError */
export async function proveOptionsHold(host: HostSession): Promise<void> {
  const { session, facts, access, change } = host;
  const lines = (change.add ?? []).filter(({ options }) => options?.length);
  if (lines.length === 0) return;
  const { files } = await readAccountFiles(session, facts, change.user, commandBounds(access));
  for (const line of lines) checkOptionsHold(host, line, files);
}

function checkOptionsHold({ access, change }: HostSession, line: KeyLine, files: readonly AccountFile[]): void {
  const { options = [], key } = line;
  const places = linesAgainst(key.fingerprintSha256, options, files).map(
    ({ path, line: number, options: others }) =>
      `${printable(path)} (line ${number}), with other options: ${printable(others.join()) || "none"}`,
  );
  if (places.length === 0) return;
  throw new KeyRestrictedError(
    `${key.fingerprintSha256} would open ${change.user}@${access.target.host} without ${options.join()}: it is also in ` +
      `${places.join("; and in ")}. Remove the other line, then run "pulumi up" again.`,
  );
}
