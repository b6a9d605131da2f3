import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs work while a real ssh-agent has private keys, in this order. The work gets the path of the agent's socket. */
export async function withAgent<T>(
  privateKeys: string | readonly string[],
  work: (socket: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "agent-"));
  const socket = join(folder, "socket");
  const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    await once(agent.stdout, "data");
    for (const privateKey of [privateKeys].flat()) {
      const add = spawn("ssh-add", ["-q", "-"], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
      add.stdin.end(`${privateKey.trimEnd()}\n`);
      await once(add, "exit");
    }
    return await work(socket);
  } finally {
    const ended = once(agent, "exit");
    agent.kill();
    await ended;
    rmSync(folder, { recursive: true });
  }
}
