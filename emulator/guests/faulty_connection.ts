/** A connection with a fault: this process relays it between the client and the guest's server. */
import type { Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import type { ConnectionFault } from "./guest_faults";
import { openSocketPair } from "./socket_pair";
import type { SshService } from "./ssh_service";

/** Changes the bytes of one direction. */
type Transform = (bytes: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;

/** The transforms of both directions: `up` to the guest, `down` to the client. */
interface Relay {
  readonly up: Transform;
  readonly down: Transform;
}

/** Whether the connection has logged in by now. */
type IsLoggedIn = () => Promise<boolean>;

/** Serves a connection with a fault. Nothing has been read from the socket yet. */
export async function serveWithFault(
  fault: ConnectionFault,
  socket: Socket,
  guest: { readonly service: SshService; readonly address: string },
): Promise<void> {
  if (fault.kind === "dropped-before-banner") return void socket.destroy();
  // Without reading, this process would not notice that the client closes.
  if (fault.kind === "silent-before-banner") return void socket.resume();
  try {
    const { near, far } = await openSocketPair(socket.remoteAddress ?? "", guest.address);
    const isLoggedIn = await guest.service.watchLogin(near.localAddress ?? "", near.localPort ?? 0);
    guest.service.serve(far);
    await relay(socket, near, relayFor(fault, isLoggedIn));
  } finally {
    socket.destroy();
  }
}

/** Relays until both directions have ended. */
async function relay(client: Socket, guest: Socket, { up, down }: Relay): Promise<void> {
  // A fault may break the connection, so an error is expected here.
  await Promise.allSettled([pipeline(client, up, guest), pipeline(guest, down, client)]);
  guest.destroy();
}

function relayFor(fault: Exclude<ConnectionFault, { kind: `${string}-before-banner` }>, isLoggedIn: IsLoggedIn): Relay {
  switch (fault.kind) {
    case "slow":
      return { up: delayEach(fault.ms), down: delayEach(fault.ms) };
    case "silent-after-login":
      return cutAfter(0, isLoggedIn, "silent");
    case "silent-after-bytes":
    case "dropped-after-bytes": {
      const counts = fault.since === "connect" ? async () => true : isLoggedIn;
      return cutAfter(fault.bytes, counts, fault.kind === "silent-after-bytes" ? "silent" : "dropped");
    }
  }
}

function delayEach(ms: number): Transform {
  return async function* (bytes) {
    for await (const some of bytes) {
      await pause(ms);
      yield some;
    }
  };
}

/** Lets this many bytes up once they count. The guest's answers to the login reach the client. */
function cutAfter(bytes: number, counts: IsLoggedIn, end: "silent" | "dropped"): Relay {
  let left = bytes;
  let isCounting = false;
  const isCut = () => isCounting && left <= 0;
  return {
    async *up(arriving) {
      for await (const some of arriving) {
        isCounting ||= await counts();
        yield isCounting ? some.subarray(0, Math.max(0, left)) : some;
        left -= isCounting ? some.length : 0;
        // Ends the guest's side, which has received these bytes, and then the client's.
        if (end === "dropped" && isCut()) return;
      }
    },
    async *down(arriving) {
      for await (const some of arriving) if (end === "dropped" || !isCut()) yield some;
    },
  };
}
