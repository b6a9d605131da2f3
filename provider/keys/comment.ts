/**
 * Characters that end a line for some reader of `authorized_keys`: Unicode's control characters (C0, DEL, C1), and its
 * line and paragraph separators, at which cloud-init splits lines as well.
 */
const LINE_BREAKS = /[\p{Cc}\p{Zl}\p{Zp}]+/u;

/** Whether a text could end its line and start a second key line, or corrupt a terminal. */
export function breaksLines(comment: string): boolean {
  return LINE_BREAKS.test(comment);
}

/** The comment with one space in place of each run of such characters, and without spaces around it. */
export function cleanComment(comment: string): string {
  return comment.replace(new RegExp(LINE_BREAKS, "gu"), " ").trim();
}
