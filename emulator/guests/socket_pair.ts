/** A TCP connection of this process to itself, for a server that needs a real socket. */
import { once } from "node:events";
import { type AddressInfo, createServer, connect as open, type Socket } from "node:net";

/** The two ends of a connection. */
export interface SocketPair {
  /** The client's end. */
  readonly near: Socket;
  /** The server's end. Nothing has been read from it. */
  readonly far: Socket;
}

/** Connects one loopback address to another, on free ports. @throws when this machine lacks one of the addresses */
export async function openSocketPair(from: string, to: string): Promise<SocketPair> {
  const listener = createServer({ pauseOnConnect: true, noDelay: true });
  try {
    await once(listener.listen(0, to), "listening");
    // What a TCP server's address() is.
    const { port } = listener.address() as AddressInfo;
    const near = open({ port, host: to, localAddress: from, noDelay: true });
    const connected = once(near, "connect");
    const far = new Promise<Socket>((resolve) => {
      // Another program on this machine may have connected to the port.
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
