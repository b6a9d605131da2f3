// Other tools that take a line out of files on many hosts. They prove nothing.
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { installEnvironment } from "../../tools/setup/virtual_environment.mjs";

const run = promisify(execFile);
const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

/** The tools, as peers.py names them. */
export const peers = /** @type {const} */ (["pyinfra", "parallel-ssh", "ansible"]);

/** @returns {Promise<string>} a Python that has them, in the cache */
export function installPeers() {
  return installEnvironment(here("requirements.txt"), "Installing pyinfra, parallel-ssh and Ansible", "pyinfra");
}

/**
 * @param {string} python
 * @param {typeof peers[number]} tool
 * @param {Pick<import("./client_main.mjs").Run, "hosts" | "keys" | "concurrency">} wanted
 * @param {string} work a directory for files
 * @returns {Promise<{ wall: number, processor: number }>} in milliseconds
 * @throws {Error} if it failed on a host
 */
export async function removeWithPeer(python, tool, { hosts, keys, concurrency }, work) {
  const [key, knownHosts, description] = ["key", "known_hosts", "run.json"].map((name) => join(work, name));
  if (!key || !knownHosts || !description) throw new Error("There is no directory for files.");
  writeFileSync(key, keys.admin.privateKey, { mode: 0o600 });
  writeFileSync(knownHosts, hosts.map(({ host, port, hostKey }) => `[${host}]:${port} ${hostKey}\n`).join(""));
  const files = ["/root/.ssh/authorized_keys", `/home/${hosts[0]?.user}/.ssh/authorized_keys`];
  const base64 = keys.old.publicKey.split(" ")[1];
  writeFileSync(description, JSON.stringify({ hosts, concurrency, key, known_hosts: knownHosts, files, base64 }));
  const { stdout } = await run(python, [here("peers.py"), tool, description], { maxBuffer: 2 ** 26 });
  const result = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  if (result.failed) throw new Error(`${tool} failed: ${result.failed}`);
  return result;
}
