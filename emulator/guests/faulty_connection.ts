/** A connection to a guest on which something goes wrong: this process stands between the client and the guest's server. */
import type { Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import type { ConnectionFault } from "./guest_faults";
import { openSocketPair } from "./socket_pair";
import type { SshService } from "./ssh_service";

/** Bytes on their way in one direction. */
type Transform = (bytes: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;

/** What happens to what goes up, to the guest, and to what comes down from it. */
interface Relay {
  readonly up: Transform;
  readonly down: Transform;
}

/** Whether the connection has logged in by now. */
type IsLoggedIn = () => Promise<boolean>;

/** Serves a connection, from which nothing has been read, in the way that the fault says. */
export async function serveWithFault(
  fault: ConnectionFault,
  socket: Socket,
  guest: { readonly service: SshService; readonly address: string },
): Promise<void> {
  if (fault.kind === "dropped-before-banner") return void socket.destroy();
  // Read, so that the client's end is noticed.
  if (fault.kind === "silent-before-banner") return void socket.resume();
  try {
    const { near, far } = await openSocketPair(socket.remoteAddress ?? "", guest.address);
    const isLoggedIn = await guest.service.logins(near.localAddress ?? "", near.localPort ?? 0);
    guest.service.serve(far);
    await relay(socket, near, relayFor(fault, isLoggedIn));
  } finally {
    socket.destroy();
  }
}

/** Passes on what comes, until both directions have ended. */
async function relay(client: Socket, guest: Socket, { up, down }: Relay): Promise<void> {
  // A line that breaks is what this is for.
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

/** A line that lets this many bytes up from the moment that they count. What the guest says of the login gets through. */
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
        // Ends the guest's side, which so gets what was let up, and then the client's.
        if (end === "dropped" && isCut()) return;
      }
    },
    async *down(arriving) {
      for await (const some of arriving) if (end === "dropped" || !isCut()) yield some;
    },
  };
}
