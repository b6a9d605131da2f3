import type { Channel } from "ssh2";

/**
 * Whether a server takes data in a channel. With a maximum packet size of 0 (RFC 4254, section 5.1) the client library
 * would send empty messages for ever, and nothing else of this process would run.
 */
export function takesInput(channel: Channel): boolean {
  const { outgoing } = channel as Channel & { readonly outgoing?: { readonly packetSize: number } };
  return outgoing !== undefined && outgoing.packetSize > 0;
}
