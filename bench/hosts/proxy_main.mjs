// A process that forwards connections and delivers every byte later, as a long way would. Its parent says where to.
import { connect, createServer } from "node:net";

/** @typedef {{ delayMs: number, targets: { host: string, port: number }[], silent: number }} Ways */

process.once("message", async (/** @type {Ways} */ { delayMs, targets, silent }) => {
  const ports = await Promise.all(targets.map((target, index) => listen(target, delayMs, index < silent)));
  process.send?.(ports);
});
process.on("disconnect", () => process.exit());

/**
 * @param {{ host: string, port: number }} target
 * @param {number} delayMs in one direction
 * @param {boolean} isSilent whether it accepts connections and says nothing
 * @returns {Promise<number>} its port
 */
function listen(target, delayMs, isSilent) {
  const server = createServer({ noDelay: true }, (near) => {
    near.on("error", () => {});
    if (isSilent) return void near.resume();
    const far = connect({ ...target, noDelay: true });
    far.on("error", () => near.destroy());
    deliver(near, far, delayMs);
    deliver(far, near, delayMs);
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(/** @type {import("node:net").AddressInfo} */ (server.address()).port));
  });
}

/** @param {import("node:net").Socket} from @param {import("node:net").Socket} to @param {number} delayMs */
function deliver(from, to, delayMs) {
  from.on("data", (bytes) => setTimeout(() => to.write(bytes), delayMs));
  from.on("end", () => setTimeout(() => to.end(), delayMs));
  from.on("close", () => setTimeout(() => to.destroy(), delayMs));
}
