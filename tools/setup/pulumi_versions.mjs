// Installs other versions of @pulumi/pulumi than the one in node_modules, for the end-to-end tests.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureCached } from "./cached.mjs";
import { npm } from "./dependencies.mjs";
import { cacheDir, root } from "./paths.mjs";
import { parseVersion } from "./versions.mjs";

/** The version to run all end-to-end tests with, if a developer sets it. */
export const VERSION_VARIABLE = "PULUMI_EXOSCALE_SSH_SDK";

/** For jest.config.js: the folder of that version. */
export const DIRECTORY_VARIABLE = "PULUMI_EXOSCALE_SSH_SDK_DIR";

/** For jest.config.js: the folders of the oldest and the newest version, as JSON. Some tests also run with these. */
export const OTHERS_VARIABLE = "PULUMI_EXOSCALE_SSH_OTHER_SDK_DIRS";

/** The newest version that is tested. */
const NEWEST = "3.270.0";

/** @returns {Promise<Record<string, string>>} variables for jest, with the chosen version, or with the oldest and the newest */
export async function sdkVariables() {
  const chosen = process.env[VERSION_VARIABLE];
  if (chosen) return { [DIRECTORY_VARIABLE]: await ensureSdk(chosen) };
  const others = [];
  for (const version of [oldest(), NEWEST]) others.push(await ensureSdk(version));
  return { [OTHERS_VARIABLE]: JSON.stringify(others) };
}

const { peerDependencies, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** @type {string} */
const typescript = devDependencies.typescript;

/** @returns {string} the oldest version in the package's peer range */
function oldest() {
  return (parseVersion(peerDependencies["@pulumi/pulumi"]) ?? []).join(".");
}

/**
 * Installs it outside the checkout: its modules must not find another version in a parent folder.
 *
 * @param {string} version such as "3.216.0"
 * @returns {Promise<string>} the folder of the package
 */
async function ensureSdk(version) {
  if (!/^\d+\.\d+\.\d+$/.test(version))
    throw new Error(`${VERSION_VARIABLE} is "${version}", which is not a version such as 3.216.0.`);
  const home = join(cacheDir, `sdk-${version}-typescript-${typescript}`);
  await ensureCached(home, `Installing @pulumi/pulumi ${version}`, (fresh) => install(version, fresh));
  return join(home, "node_modules", "@pulumi", "pulumi");
}

/** @param {string} version @param {string} directory */
async function install(version, directory) {
  writeFileSync(join(directory, "package.json"), "{}");
  // Without a TypeScript in the same folder, Pulumi uses its own, of 2020.
  const packages = [`@pulumi/pulumi@${version}`, `typescript@${typescript}`];
  await npm("install", "--prefix", directory, "--ignore-scripts", "--prefer-offline", ...packages);
}
