import type { Channel, ClientChannel } from "ssh2";

/**
 * Drops errors of a channel's error output: a server may send some after it has announced the end. Without a listener,
 * that would end this process.
 */
export function ignoreLateOutput({ stderr }: ClientChannel): void {
  stderr.on("error", () => undefined);
}

/**
 * Whether a server takes data in a channel. With a maximum packet size of 0 (RFC 4254, section 5.1) the client library
 * would send empty messages for ever, and nothing else of this process would run.
 */
export function takesInput(channel: Channel): boolean {
  const { outgoing } = channel as Channel & { readonly outgoing?: { readonly packetSize: number } };
  return outgoing?.packetSize !== 0;
}
