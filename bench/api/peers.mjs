// What other clients of the API took, as it was recorded: this benchmark does not run them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../tools/setup/paths.mjs";

/**
 * @typedef {object} Peer
 * @property {string} name
 * @property {string} version
 * @property {number} parallel how many changes it makes at once
 * @property {boolean} isDefault whether it does so unless it is told otherwise
 * @property {Record<string, Partial<Record<import("./cells.mjs").Command, number>>>} seconds by the names of the cells
 */

/** @type {{ date: string, where: string, clients: Peer[] }} */
export const recordedPeers = JSON.parse(readFileSync(join(root, "bench", "api", "peers.json"), "utf8"));
