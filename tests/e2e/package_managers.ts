import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pulumiSdk } from "./node_modules";
import type { UserProgram } from "./user_program";

/** Installs a packed package, with the `@pulumi/pulumi` under test, into the folder of a program. */
type Install = (program: UserProgram, tarball: string) => Promise<void>;

const pnpm = "pnpm@12.21.0";
const yarn = "@yarnpkg/cli-dist@4.18.1";

/**
 * The package managers that people have. npm is the one that is there; the others come through it from the registry.
 * Each keeps what it fetched in the user's own cache, so that the second run is fast.
 */
export const packageManagers = {
  /** Without install scripts: all that they make here is a faster cipher for ssh2, where there is a compiler. */
  async npm(program, tarball) {
    declare(program, tarball);
    await program.run("npm", "install", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts");
  },

  /** pnpm ends with an error where dependencies have install scripts that nobody decided about. None is needed. */
  async pnpm(program, tarball) {
    declare(program, tarball);
    program.write("pnpm-workspace.yaml", "allowBuilds:\n  cpu-features: false\n  protobufjs: false\n  ssh2: false\n");
    await fetched(program, pnpm, "pnpm", "install", "--prefer-offline");
  },

  /** With node_modules: Pulumi's engine does not know Yarn's Plug'n'Play. */
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

/** Runs a command of a package that npm fetches for it. */
function fetched(program: UserProgram, name: string, ...command: string[]): Promise<string> {
  return program.run("npm", "exec", "--yes", "--prefer-offline", `--package=${name}`, "--", ...command);
}
