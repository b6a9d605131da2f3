/** A connection of this process with itself, for a server that needs a socket of its own. */
import { once } from "node:events";
import { type AddressInfo, createServer, connect as open, type Socket } from "node:net";

/** The two ends of a connection. */
export interface SocketPair {
  /** What stands for the client. */
  readonly near: Socket;
  /** What a server gets. Nothing has been read from it. */
  readonly far: Socket;
}

/** Connects from one loopback address to another, on ports of which nobody knows. @throws when an address is not there */
export async function openSocketPair(from: string, to: string): Promise<SocketPair> {
  const listener = createServer({ pauseOnConnect: true, noDelay: true });
  try {
    await once(listener.listen(0, to), "listening");
    // What a TCP server's address() is.
    const { port } = listener.address() as AddressInfo;
    const near = open({ port, host: to, localAddress: from, noDelay: true });
    const connected = once(near, "connect");
    const far = new Promise<Socket>((resolve) => {
      // Anybody on this machine may connect to anything on loopback.
      const check = (socket: Socket) => (socket.remotePort === near.localPort ? resolve(socket) : socket.destroy());
      listener.on("connection", (socket) =>
        connected.then(
          () => check(socket),
          () => socket.destroy(),
        ),
      );
    });
    await connected;
    return { near, far: await far };
  } finally {
    listener.close();
  }
}
