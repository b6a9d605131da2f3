import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pulumiSdk } from "./node_modules";
import type { UserProgram } from "./user_program";

/** Installs a packed package, with the `@pulumi/pulumi` under test, into the folder of a program. */
type Install = (program: UserProgram, tarball: string) => Promise<void>;

const pnpm = "pnpm@12.21.0";
const yarn = "@yarnpkg/cli-dist@4.18.1";

/**
 * The common package managers. npm is installed; npm downloads the others from the registry. Each stores its downloads in
 * the user's cache, so the second run is fast.
 */
export const packageManagers = {
  /** Without install scripts: here they only build a faster cipher for ssh2, if there is a compiler. */
  async npm(program, tarball) {
    declare(program, tarball);
    await program.run("npm", "install", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts");
  },

  /** pnpm fails if a dependency has an install script that is neither allowed nor ignored. None is needed. */
  async pnpm(program, tarball) {
    declare(program, tarball);
    program.write("pnpm-workspace.yaml", "allowBuilds:\n  cpu-features: false\n  protobufjs: false\n  ssh2: false\n");
    await fetched(program, pnpm, "pnpm", "install", "--prefer-offline");
  },

  /** With node_modules: Pulumi's engine does not support Yarn's Plug'n'Play. */
  async yarn(program, tarball) {
    declare(program, tarball);
    const registry = (await program.run("npm", "config", "get", "registry")).trim();
    program.write(".yarnrc.yml", `nodeLinker: node-modules\nnpmRegistryServer: "${registry}"\n`);
    await fetched(program, yarn, "yarn", "install", "--no-immutable");
  },
} satisfies Record<string, Install>;

function declare(program: UserProgram, tarball: string): void {
  const { version } = JSON.parse(readFileSync(join(pulumiSdk, "package.json"), "utf8")) as { version: string };
  const dependencies = { "@pulumi/pulumi": version, "pulumi-exoscale-ssh": `file:${tarball}` };
  program.write("package.json", JSON.stringify({ name: "shop", private: true, dependencies }));
}

/** Downloads a package with npm, and runs its command. */
function fetched(program: UserProgram, name: string, ...command: string[]): Promise<string> {
  return program.run("npm", "exec", "--yes", "--prefer-offline", `--package=${name}`, "--", ...command);
}
