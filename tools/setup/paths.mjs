// Paths of the checkout and of the cache.
import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export const nodeModules = join(root, "node_modules");

/** Outside the checkout, so that several clones share it. */
export const cacheDir = join(cacheHome(), "pulumi-exoscale-ssh");

/** The lock of this checkout. Not in node_modules, which an installation deletes. */
export const checkoutLock = join(cacheDir, `checkout-${hash(root)}.lock`);

/** @param {...(string | Buffer)} parts @returns {string} 12 hex digits */
export function hash(...parts) {
  const sha = createHash("sha256");
  for (const part of parts) sha.update(part).update("\0");
  return sha.digest("hex").slice(0, 12);
}

function cacheHome() {
  const home = process.env["XDG_CACHE_HOME"];
  // The XDG specification says to ignore a relative path.
  return home && isAbsolute(home) ? home : join(homedir(), ".cache");
}
