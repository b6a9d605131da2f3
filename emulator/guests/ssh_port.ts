/** The port of all guests. */
import { createServer, type Server } from "node:net";
import { FIRST_ADDRESS } from "./addresses";

/** A reserved port, which no other emulator of this machine takes. */
export interface SshPort {
  readonly port: number;
  release(): Promise<void>;
}

/**
 * Reserves this port, or a free one for 0, with a listener on 127.0.0.1, where no guest listens.
 *
 * @throws when the port is taken, or when this machine has only 127.0.0.1
 */
export async function reserveSshPort(wanted = 0): Promise<SshPort> {
  const holder = await listen(wanted, "127.0.0.1");
  holder.on("connection", (socket) => socket.destroy());
  const address = holder.address();
  const port = typeof address === "object" && address !== null ? address.port : wanted;
  try {
    await close(await listen(port, FIRST_ADDRESS));
  } catch (error) {
    await close(holder);
    throw explainError(error);
  }
  return { port, release: () => close(holder) };
}

function listen(port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject).listen(port, host, () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function explainError(error: unknown): unknown {
  if (!(error instanceof Error && "code" in error && error.code === "EADDRNOTAVAIL")) return error;
  return new Error(
    `Guests need loopback addresses from ${FIRST_ADDRESS} on, and this machine (macOS has only 127.0.0.1) lacks them. ` +
      "Add as many as there will be instances, for example ten:\n" +
      "  for n in 1 2 3 4 5 6 7 8 9 10; do sudo ifconfig lo0 alias 127.10.0.$n; done\n" +
      'or start the emulator with guests: "none".',
  );
}
