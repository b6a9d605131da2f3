import { connect } from "node:net";

/** The first argument of a process that Pulumi starts: the address that the engine listens on. */
const ENGINE_ADDRESS = /^(127\.0\.0\.1|localhost):(\d+)$/;

/**
 * Whether the engine that started this process has ended (it was killed, or its machine ran out of memory). A plugin gets
 * no notice of that and continues alone: no state has what it creates after that.
 *
 * @param address the first argument that the engine gave; if it is no address, the engine counts as running
 */
export async function engineIsGone(address = process.argv[2]): Promise<boolean> {
  const [, host, port] = ENGINE_ADDRESS.exec(address ?? "") ?? [];
  if (host === undefined) return false;
  return await new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: 2_000 });
    const end = (isGone: boolean) => {
      socket.destroy();
      resolve(isGone);
    };
    socket.once("connect", () => end(false));
    socket.once("timeout", () => end(false));
    // An open port accepts every connection; only a closed port refuses.
    socket.once("error", (error: NodeJS.ErrnoException) => end(error.code === "ECONNREFUSED"));
  });
}
