import type { Algorithms, ServerHostKeyAlgorithm } from "ssh2";
import type { HostKeyPin } from "./host_key";

/** In order of preference. `ssh-rsa` is left out: it signs with SHA-1. */
export const HOST_KEY_ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
];

/** The key type word that a host key algorithm uses: RSA keys are `ssh-rsa` whatever the hash. */
export function keyTypeOf(algorithm: ServerHostKeyAlgorithm): string {
  return algorithm.startsWith("rsa-") ? "ssh-rsa" : algorithm;
}

/** Known types first: a host that has several keys is then asked for the one that can be compared. */
export function hostKeyAlgorithms(pins: readonly HostKeyPin[]): ServerHostKeyAlgorithm[] {
  const known = new Set(pins.map((pin) => pin.type));
  const rank = (algorithm: ServerHostKeyAlgorithm) => (known.has(keyTypeOf(algorithm)) ? 0 : 1);
  return [...HOST_KEY_ALGORITHMS].sort((a, b) => rank(a) - rank(b));
}

/** What to offer: the client library's list, less everything with SHA-1 or compression. */
export function offer(serverHostKey: readonly ServerHostKeyAlgorithm[]): Algorithms {
  return {
    serverHostKey: [...serverHostKey],
    hmac: { remove: ["hmac-sha1", "hmac-sha1-etm@openssh.com"], append: [], prepend: [] },
    compress: ["none"],
  };
}
