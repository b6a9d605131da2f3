/** Commands that are run in a guest from outside, without SSH. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

/** How a command ended. */
export interface Ended {
  /** Its exit status; null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Gives a command its input, and waits for its end. */
export async function waitForExit(child: ChildProcess, input: string): Promise<Ended> {
  const { stdin, stdout, stderr } = child;
  // A command that does not read its input to the end is in its right.
  stdin?.on("error", () => undefined).end(input);
  const ended = once(child, "close");
  const said = [stdout, stderr].map((stream) => (stream ? text(stream) : ""));
  const [[code], out = "", errors = ""] = await Promise.all([ended, ...said]);
  return { code, stdout: out, stderr: errors };
}
