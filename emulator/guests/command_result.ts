/** The result of a command that runs in a guest without SSH. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

/** The result of a command. */
export interface Ended {
  /** Its exit status; null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Writes a command's input and waits for its end. */
export async function waitForExit(child: ChildProcess, input: string): Promise<Ended> {
  const { stdin, stdout, stderr } = child;
  // A command may end without reading all of its input.
  stdin?.on("error", () => undefined).end(input);
  const ended = once(child, "close");
  const said = [stdout, stderr].map((stream) => (stream ? text(stream) : ""));
  const [[code], out = "", errors = ""] = await Promise.all([ended, ...said]);
  return { code, stdout: out, stderr: errors };
}
