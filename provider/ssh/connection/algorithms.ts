import type { Algorithms, ServerHostKeyAlgorithm } from "ssh2";
import type { HostKeyPin } from "./host_key";

/** In order of preference. `ssh-rsa` is left out: it signs with SHA-1. */
export const supportedHostKeyAlgorithms: readonly ServerHostKeyAlgorithm[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
];

/** The key type of a host key algorithm: RSA keys are `ssh-rsa` with any hash. */
export function keyTypeOf(algorithm: ServerHostKeyAlgorithm): string {
  return algorithm.startsWith("rsa-") ? "ssh-rsa" : algorithm;
}

/** Known types first: a host with several keys then shows the one that can be compared. */
export function hostKeyAlgorithms(pins: readonly HostKeyPin[]): ServerHostKeyAlgorithm[] {
  const known = new Set(pins.map((pin) => pin.type));
  const rank = (algorithm: ServerHostKeyAlgorithm) => (known.has(keyTypeOf(algorithm)) ? 0 : 1);
  return [...supportedHostKeyAlgorithms].sort((a, b) => rank(a) - rank(b));
}

/** The algorithms to offer: the client library's list without SHA-1 and compression. */
export function offer(serverHostKey: readonly ServerHostKeyAlgorithm[]): Algorithms {
  return {
    serverHostKey: [...serverHostKey],
    hmac: { remove: ["hmac-sha1", "hmac-sha1-etm@openssh.com"], append: [], prepend: [] },
    compress: ["none"],
  };
}
