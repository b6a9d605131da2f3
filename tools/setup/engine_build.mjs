// Builds the engine from its Go modules.
import { join } from "node:path";
import { step } from "../process/say.mjs";
import { modules } from "./engine_cache.mjs";
import { MIN_ENGINE_VERSION } from "./engine_installed.mjs";
import { buildModule, MIN_GO_VERSION, whyNoGo } from "./go_build.mjs";

const REMEDY =
  `Install the Pulumi CLI ${MIN_ENGINE_VERSION} or newer (https://www.pulumi.com/docs/get-started/download-install/),\n` +
  `or Go ${MIN_GO_VERSION} or newer (https://go.dev/doc/install), which then builds the CLI. Try again.`;

/**
 * @param {string} directory for the programs
 * @throws {Error} with what to install
 */
export async function buildEngine(directory) {
  const obstacle = await whyNoGo();
  if (obstacle) {
    throw new Error(`The Pulumi CLI is not installed, it could not be downloaded, and ${obstacle}.\n${REMEDY}`);
  }
  for (const module of modules) {
    const title = `Building ${module.name} ${module.version} with Go (the first time takes minutes)`;
    const program = join(directory, module.name === "pulumi-cli" ? "pulumi" : module.name);
    await step(title, (progress) => buildModule(module, program, progress));
  }
}
