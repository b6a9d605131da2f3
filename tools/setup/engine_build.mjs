// The engine from its Go modules.
import { join } from "node:path";
import { step } from "../process/say.mjs";
import { modules } from "./engine_cache.mjs";
import { LEAST_ENGINE } from "./engine_installed.mjs";
import { buildModule, LEAST_GO, whyNoGo } from "./go_build.mjs";

const WAYS_OUT =
  `Either install the Pulumi CLI, ${LEAST_ENGINE} or newer (https://www.pulumi.com/docs/get-started/download-install/),\n` +
  `or Go, ${LEAST_GO} or newer (https://go.dev/doc/install), with which the CLI is built from its modules. Then try again.`;

/**
 * @param {string} directory where the programs go
 * @throws {Error} that says what to install
 */
export async function buildEngine(directory) {
  const obstacle = await whyNoGo();
  if (obstacle) {
    throw new Error(`There is no Pulumi CLI here, its download cannot be reached, and ${obstacle}.\n${WAYS_OUT}`);
  }
  for (const module of modules) {
    const title = `Building ${module.name} ${module.version} with Go (the first time takes minutes)`;
    const program = join(directory, module.name === "pulumi-cli" ? "pulumi" : module.name);
    await step(title, (progress) => buildModule(module, program, progress));
  }
}
