// The version of the engine that is downloaded or built, and its place in the cache.
import { readFileSync } from "node:fs";
import { arch, platform } from "node:os";
import { join } from "node:path";
import { readGoModule } from "./go_module.mjs";
import { cacheDir, hash } from "./paths.mjs";

/** The engine's programs. The name of the directory depends on their order. */
export const modules = ["pulumi-language-nodejs", "pulumi-cli"].map(readGoModule);

/** The version of the engine to download or build. */
export const engineVersion = modules.find(({ name }) => name === "pulumi-cli")?.version ?? "";

/** Checkouts with the same version and sources share one engine. */
export const cachedEngine = join(cacheDir, `engine-${engineVersion}-${platform()}-${arch()}-${hashOfModules()}`);

function hashOfModules() {
  return hash(...modules.map(({ directory }) => readFileSync(join(directory, "go.sum"))));
}
