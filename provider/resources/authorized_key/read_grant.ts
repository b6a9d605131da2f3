import type { Grant } from "../../account";
import { ExoscaleSshError } from "../../errors";
import { printable } from "../../errors/printable";
import { hostKeyText } from "../access/host_keys";
import type { Context } from "../contract/resource";
import { omitUndefined, withoutPartialUpdateMark } from "../contract/state";
import { describeGrant, grantAccess } from "./access";
import type { AuthorizedKeyState } from "./fields";

type Line = Grant["lines"][number];

/**
 * The grant as it is on the host now; undefined if it is gone, unless its creation is unfinished. If the host cannot be
 * checked, the last state stays, with a warning: a host that is down, or that shows another host key, says nothing
 * about the key.
 */
export async function readGrant(last: AuthorizedKeyState, context: Context): Promise<AuthorizedKeyState | undefined> {
  const { log } = context;
  const grant = await findLines(last, context);
  if (typeof grant === "string") {
    log.warn(`${describeGrant(last)} could not be checked, and stays in the state as it was: ${grant}`);
    return last;
  }
  const [first] = grant.lines;
  if (!first) {
    warnOfWhatStays(last, grant, context);
    // A failed creation may not have written its line, or not yet: the next update writes it.
    return last.unfinished === true ? last : undefined;
  }
  if (grant.accepts === "no" && !grant.isConditional) {
    const why = first.inert === undefined ? "" : `: ${first.inert}`;
    log.warn(`${describeGrant(last)} is in authorized_keys, but sshd refuses it${why}.`);
  }
  warnOfSecondLine(last, grant, context);
  warnOfOpenLines(last, grant, context);
  return withFoundLine(last, grant, context);
}

/** Its line is gone, and the key still gets in. */
function warnOfWhatStays(last: AuthorizedKeyState, { otherLines, accepts }: Grant, { account, log }: Context): void {
  // sshd is not asked about an authority, but about the key itself.
  if (account.ssh.roleOf(last.options ?? []) === "authority") return;
  if (accepts === "yes") log.warn(`${describeGrant(last)} is no longer in any file, but sshd still accepts it.`);
  const places = otherLines.map(({ path, line }) => `${printable(path)} (line ${line})`).join(", ");
  if (places === "") return;
  log.warn(
    `${describeGrant(last)} no longer has a line with which it logs in, but ${places} has it as a certificate authority: ` +
      "whoever has the key still gets in with a certificate that he signs. If nobody should, remove that line.",
  );
}

/** A line of the same key that is not this resource's, so that no update removes it. */
function warnOfOpenLines(last: AuthorizedKeyState, { against }: Grant, { log }: Context): void {
  const places = against.map(
    ({ path, line, options }) =>
      `${printable(path)} (line ${line}), with other options: ${printable(options.join()) || "none"}`,
  );
  if (places.length === 0) return;
  log.warn(
    `${describeGrant(last)} opens the account without ${last.options?.join()}: it is also in ${places.join("; and in ")}. ` +
      "Remove the other line, or the AuthorizedKey that has it.",
  );
}

/** The diff shows the options of such a line, and not where it is. */
function warnOfSecondLine(last: AuthorizedKeyState, { lines }: Grant, { account, log }: Context): void {
  const [first, ...more] = lines;
  const isDeclared = ({ options }: Line) => account.ssh.sameOptions(options, last.options ?? []);
  const other = more.find((line) => !isDeclared(line));
  if (!first || !other || !isDeclared(first)) return;
  log.warn(
    `${describeGrant(last)} is also in ${printable(other.path)} (line ${other.line}), with other options: ` +
      `${printable(other.options.join()) || "none"}. Run "pulumi up": it removes that line.`,
  );
}

/** The lines that the host has, or why they are not known. */
async function findLines(last: AuthorizedKeyState, { account }: Context): Promise<Grant | string> {
  try {
    const access = grantAccess(account, last.connection, last.hostKey);
    const grant = await account.ssh.findGrant(access, last.user, last.publicKey, last.options);
    if (grant.lines.length > 0) return grant;
    return grant.unread.length > 0 ? `${grant.unread.join("; ")} could not be read.` : (grant.otherFiles ?? grant);
  } catch (error) {
    if (error instanceof ExoscaleSshError) return error.message;
    throw error;
  }
}

/** The state with the options and the comment found on the host, if they differ from the program's. */
function withFoundLine(last: AuthorizedKeyState, { lines, hostKey }: Grant, { account }: Context): AuthorizedKeyState {
  const hasOptions = ({ options }: Line) => account.ssh.sameOptions(options, last.options ?? []);
  const hasComment = ({ comment }: Line) => last.comment === undefined || last.comment === comment;
  // A second line counts as well: with fewer restrictions, it also opens the account.
  const altered = lines.find((line) => !hasOptions(line) || !hasComment(line));
  const options = altered && !hasOptions(altered) ? altered.options : last.options;
  const comment = altered && !hasComment(altered) ? altered.comment : last.comment;
  return omitUndefined<AuthorizedKeyState>({
    ...withoutPartialUpdateMark(last),
    options: options && [...options],
    comment,
    hostKey: hostKeyText(hostKey),
  });
}
