import { type Fields, lastLine } from "./fields";

/**
 * What is known of a file. `read`: its bytes. `missing`: it does not exist, or its link leads nowhere. `unreadable`:
 * the account may not read it, or it has more than 1 MiB. `not-a-file`: a directory, a device or the like. `link-loop`:
 * its links lead to each other.
 */
export type HostFileStatus = "read" | "missing" | "unreadable" | "not-a-file" | "link-loop";

const statuses: readonly HostFileStatus[] = ["read", "missing", "unreadable", "not-a-file", "link-loop"];

/** A file of a host at one moment. */
export interface HostFile {
  /** Its absolute path as sshd would open it. */
  readonly path: string;
  /** Its path with links followed: that file is edited, and the link stays. */
  readonly resolved: string;
  /** What is known of it. */
  readonly status: HostFileStatus;
  /** Its content, byte for byte; empty unless `status` is `read`. */
  readonly bytes: Buffer;
  /** Its number of hard links. A replacement does not reach the other names. 0 if unknown. */
  readonly links: number;
  /** Name of its owner; empty if unknown. */
  readonly owner: string;
  /** Its mode in octal, such as `0600`; empty if unknown. */
  readonly mode: string;
  /** Why it was not read: the host's own words, or its size. */
  readonly reason?: string;
  /** What stands in the way of reading it, if it is neither its owner nor its mode. */
  readonly obstacle?: ReadObstacle;
}

/** `too-large`: it has more than 1 MiB. `no-rights`: the session may become root, and not the account. */
export type ReadObstacle = "too-large" | "no-rights";

/** A file from the fields that a script put for it. */
export function fileFrom(answer: Fields): HostFile {
  const path = answer.text("path") ?? "";
  const [mode = "", links = "0", owner = ""] = answer.text("about")?.split(/ +/) ?? [];
  const status = statuses.find((each) => each === answer.text("status")) ?? "unreadable";
  const reason = lastLine(answer.text("why") ?? "");
  return {
    path,
    resolved: answer.text("resolved") ?? path,
    status,
    bytes: (status === "read" && answer.bytes("bytes")) || Buffer.alloc(0),
    links: Number(links),
    owner,
    mode: octal(mode),
    ...(reason !== "" && { reason }),
    ...(answer.bytes("too-large") !== undefined && { obstacle: "too-large" }),
  };
}

/** The mode that `ls` shows, such as `-rw-r--r--`, in octal. */
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

/** An upper-case letter is the set-id or sticky bit without the right to execute. */
const granted = (letter = "-") => /[a-z]/.test(letter);
