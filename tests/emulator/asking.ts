/** Questions to an SSH server without a login. */
import { connect } from "node:net";
import { BaseAgent, type ParsedKey, Client as SshClient, utils } from "ssh2";

interface Target {
  readonly ip: string;
  readonly port: string;
}

/** Whether the server would accept a public key, asked without the private key (RFC 4252 section 7). */
export async function accepts(target: Target, publicKey: string): Promise<boolean> {
  let isAccepted = false;
  class Asking extends BaseAgent<ParsedKey> {
    override getIdentities(done: (error: Error | null, keys?: ParsedKey[]) => void) {
      const key = utils.parseKey(publicKey);
      if (key instanceof Error) done(key);
      else done(null, [key]);
    }
    override sign(_key: ParsedKey, _data: Buffer, options: unknown, done?: (error: Error) => void) {
      isAccepted = true;
      const answer = typeof options === "function" ? options : done;
      answer?.(new Error("only asking"));
    }
  }
  const client = new SshClient();
  const ended = new Promise<unknown>((resolve) => {
    client.once("close", () => resolve(undefined)).on("error", resolve);
  });
  client.connect({ host: target.ip, port: Number(target.port), username: "debian", agent: new Asking() });
  await ended;
  client.end();
  return isAccepted;
}

/** The server's first words on a raw connection, or the code of the error that ends it; empty when it just ends. */
export async function firstWords(target: Target): Promise<string> {
  const socket = connect(Number(target.port), target.ip);
  const words = await new Promise<string>((resolve) => {
    socket.once("error", (cause: NodeJS.ErrnoException) => resolve(String(cause.code)));
    socket.once("end", () => resolve("")).once("data", (data) => resolve(String(data)));
  });
  socket.destroy();
  return words;
}
