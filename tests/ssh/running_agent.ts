import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
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

/** Runs work while an agent says that it has one key, of any kind. It signs nothing. */
export async function withAgentNaming(blob: Buffer, work: (socket: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "agent-"));
  const socket = join(folder, "socket");
  const text = (bytes: Buffer) => Buffer.concat([uint32(bytes.length), bytes]);
  // SSH_AGENT_IDENTITIES_ANSWER (draft-ietf-sshm-ssh-agent): one key, and its comment.
  const answer = text(Buffer.concat([Buffer.from([12]), uint32(1), text(blob), text(Buffer.from("key"))]));
  const agent = createServer((client: Socket) => client.on("data", () => client.write(answer)));
  try {
    await once(agent.listen(socket), "listening");
    await work(socket);
  } finally {
    agent.close();
    rmSync(folder, { recursive: true });
  }
}

function uint32(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}
