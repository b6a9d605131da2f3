// Versions of @pulumi/pulumi other than the one in node_modules, for the end-to-end tests to run with.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cached } from "./cached.mjs";
import { npm } from "./dependencies.mjs";
import { cacheDir, root } from "./paths.mjs";
import { parseVersion } from "./versions.mjs";

/** A developer names the version here that all end-to-end tests are to run with. */
export const VERSION_VARIABLE = "PULUMI_EXOSCALE_SSH_SDK";

/** Tells jest.config.js the folder of that version's package. */
export const DIRECTORY_VARIABLE = "PULUMI_EXOSCALE_SSH_SDK_DIR";

/** Tells jest.config.js the folders of the oldest and the newest version, as JSON: tests run with these as well. */
export const OTHERS_VARIABLE = "PULUMI_EXOSCALE_SSH_OTHER_SDK_DIRS";

/** The newest version that was tried. */
const NEWEST = "3.270.0";

/** @returns {Promise<Record<string, string>>} variables for jest: the version asked for, or the oldest and the newest */
export async function sdkVariables() {
  const chosen = process.env[VERSION_VARIABLE];
  if (chosen) return { [DIRECTORY_VARIABLE]: await findSdk(chosen) };
  const others = [];
  for (const version of [oldest(), NEWEST]) others.push(await findSdk(version));
  return { [OTHERS_VARIABLE]: JSON.stringify(others) };
}

const { peerDependencies, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** @type {string} */
const typescript = devDependencies.typescript;

/** @returns {string} the least version that the package's peer range admits */
function oldest() {
  return (parseVersion(peerDependencies["@pulumi/pulumi"]) ?? []).join(".");
}

/**
 * Outside the checkout, where no other version is near that its parts could find instead.
 *
 * @param {string} version such as "3.216.0"
 * @returns {Promise<string>} the folder of the package
 */
async function findSdk(version) {
  if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error(`${VERSION_VARIABLE} is "${version}", which is no version.`);
  const home = join(cacheDir, `sdk-${version}-typescript-${typescript}`);
  await cached(home, `Installing @pulumi/pulumi ${version}`, (fresh) => install(version, fresh));
  return join(home, "node_modules", "@pulumi", "pulumi");
}

/** @param {string} version @param {string} directory */
async function install(version, directory) {
  writeFileSync(join(directory, "package.json"), "{}");
  // Without a TypeScript beside it, Pulumi takes one of its own, of 2020.
  const packages = [`@pulumi/pulumi@${version}`, `typescript@${typescript}`];
  await npm("install", "--prefix", directory, "--ignore-scripts", "--prefer-offline", ...packages);
}
