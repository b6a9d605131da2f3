// Our program that writes SDKs with Pulumi's code generator. It is built once, into the cache.
import { readFileSync } from "node:fs";
import { arch, platform } from "node:os";
import { join } from "node:path";
import { ensureCached } from "../setup/cached.mjs";
import { buildModule } from "../setup/go_build.mjs";
import { readGoModule } from "../setup/go_module.mjs";
import { cacheDir, hash } from "../setup/paths.mjs";

const module = readGoModule("sdk-generator");
const sources = ["main.go", "go.mod", "go.sum"].map((file) => readFileSync(join(module.directory, file)));

/** Hash of its sources: another generator may write other SDKs. */
export const generatorHash = hash(...sources);

/** The version of Pulumi's code generator. */
export const pulumiVersion = module.version;

/** The oldest Go that can build it, and the SDK for Go. */
export const minGoVersion = module.go;

/** @returns {Promise<string>} the program */
export async function ensureGenerator() {
  const home = join(cacheDir, `${module.name}-${platform()}-${arch()}-${generatorHash}`);
  await ensureCached(home, "Building the SDK generator with Go", (fresh, progress) =>
    buildModule(module, join(fresh, module.name), progress),
  );
  return join(home, module.name);
}
