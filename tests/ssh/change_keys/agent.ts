/** A running ssh-agent. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestKey } from "../test_keys";

/** Runs work with the socket of an agent that holds these keys, in their order. */
export async function withAgent<T>(keys: readonly TestKey[], work: (agentSocket: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "agent-"));
  const socket = join(directory, "socket");
  const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: ["ignore", "pipe", "ignore"] });
  try {
    if (!existsSync(socket)) await once(agent.stdout, "data");
    for (const { privateKey } of keys) {
      const { status, stderr } = spawnSync("ssh-add", ["-q", "-"], {
        input: privateKey,
        env: { ...process.env, SSH_AUTH_SOCK: socket },
      });
      if (status !== 0) throw new Error(`ssh-add: ${stderr}`);
    }
    return await work(socket);
  } finally {
    agent.kill();
    await once(agent, "exit");
    rmSync(directory, { recursive: true });
  }
}
