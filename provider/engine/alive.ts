import { connect } from "node:net";

/** How Pulumi names itself to the processes that it starts: the address that it listens on. */
const addressPattern = /^(127\.0\.0\.1|localhost):(\d+)$/;

/**
 * Whether the Pulumi that started this process has ended meanwhile (killed, or its machine's memory ran out). Nobody
 * tells a plugin, which goes on alone: what it makes from then on gets into no state.
 *
 * @param address what the engine gave as first argument; anything else than an address is taken for an engine that lives
 */
export async function engineIsGone(address = process.argv[2]): Promise<boolean> {
  const [, host, port] = addressPattern.exec(address ?? "") ?? [];
  if (host === undefined) return false;
  return await new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: 2_000 });
    const end = (gone: boolean) => {
      socket.destroy();
      resolve(gone);
    };
    socket.once("connect", () => end(false));
    socket.once("timeout", () => end(false));
    // A listener that is there takes every connection; only a closed port refuses.
    socket.once("error", (error: NodeJS.ErrnoException) => end(error.code === "ECONNREFUSED"));
  });
}
