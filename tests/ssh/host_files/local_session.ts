/** This machine's shell in place of an SSH connection, for tests that do not depend on the transport. */
import { type SpawnOptions, spawn } from "node:child_process";
import { buffer } from "node:stream/consumers";
import type { ExecOptions, ExecResult } from "../../../provider/ssh/connection/exec";
import type { Shell } from "../../../provider/ssh/host_files/run_script";

/** How commands run. */
export interface LocalHost extends Pick<SpawnOptions, "env" | "cwd" | "uid" | "gid"> {
  /** The login shell, which gets the command with -c. Default `/bin/sh`. */
  readonly shell?: readonly string[];
}

export function localSession({ shell = ["/bin/sh"], ...options }: LocalHost = {}): Shell {
  const [program = "/bin/sh", ...words] = shell;
  return {
    exec: async (command: string, stdin: string | Buffer = "", { signal }: ExecOptions = {}): Promise<ExecResult> => {
      const child = spawn(program, [...words, "-c", command], { ...options, ...(signal && { signal }) });
      // A command may end before it has read all of its standard input.
      child.stdin.on("error", () => undefined);
      child.stdin.end(stdin);
      const ended = new Promise<number>((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (code) => resolve(code ?? 255));
      });
      const [stdoutBytes, stderr, code] = await Promise.all([buffer(child.stdout), buffer(child.stderr), ended]);
      return { code, stdout: stdoutBytes.toString(), stdoutBytes, stderr: stderr.toString() };
    },
  };
}

/** A shell whose connection ends after `at` bytes of standard input. A negative number counts from the end. */
export function cutOff(shell: Shell, at: number): Shell {
  const shortened = (stdin: string | Buffer = "") =>
    (typeof stdin === "string" ? Buffer.from(stdin) : stdin).subarray(0, at);
  return { exec: (command, stdin, options) => shell.exec(command, shortened(stdin), options) };
}
