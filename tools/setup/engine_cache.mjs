// Where the engine that we fetched or built is kept, and which one it is.
import { readFileSync } from "node:fs";
import { arch, platform } from "node:os";
import { join } from "node:path";
import { readGoModule } from "./go_module.mjs";
import { cacheDir, hash } from "./paths.mjs";

/** The engine's programs. Their order is part of the name of the directory. */
export const modules = ["pulumi-language-nodejs", "pulumi-cli"].map(readGoModule);

/** The version of the engine to fetch or build. */
export const engineVersion = modules.find(({ name }) => name === "pulumi-cli")?.version ?? "";

/** Another version or other sources are another engine; checkouts that agree share one. */
export const cachedEngine = join(cacheDir, `engine-${engineVersion}-${platform()}-${arch()}-${hashOfModules()}`);

function hashOfModules() {
  return hash(...modules.map(({ directory }) => readFileSync(join(directory, "go.sum"))));
}
