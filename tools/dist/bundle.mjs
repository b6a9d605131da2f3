// The plugin as one file: dist/plugin/, which the npm package and the executables start from.
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup/paths.mjs";
import { notices } from "./notices.mjs";

/** The program that Pulumi looks for. */
export const PROGRAM = "pulumi-resource-exoscale-ssh";

/** All of the plugin and what it uses, in one CommonJS file. */
export const BUNDLE = "plugin.cjs";

/** Names, licences and notices of what was bundled. */
export const NOTICES = "THIRD_PARTY_NOTICES.txt";

/**
 * Objects that live shortly get no more room than at the start. V8 would give them up to 48 MB while hundreds of
 * resources are made, and take no less time. The launcher says the same before it loads anything.
 */
const SMALL_HEAP = 'require("node:v8").setFlagsFromString("--semi-space-growth-factor=1");';

/**
 * Modules that are left out. They are only loaded within a `try`, or never by us: the native parts of ssh2, which does
 * without them, and what grpc reads `.proto` files with for its debugging service.
 */
const LEFT_OUT = /(\.node|^cpu-features|^@grpc\/proto-loader)$/;

/**
 * Writes the bundle, its launcher and its notices.
 *
 * @param {string} directory is made
 */
export async function bundlePlugin(directory) {
  mkdirSync(directory, { recursive: true });
  const inputs = await bundle(join(directory, BUNDLE));
  writeFileSync(join(directory, NOTICES), notices(inputs));
  copyFileSync(join(root, "tools", "dist", "launcher.cjs"), join(directory, PROGRAM));
  chmodSync(join(directory, PROGRAM), 0o755);
}

/** @param {string} outfile @returns {Promise<string[]>} the files that are in it, relative to the checkout */
async function bundle(outfile) {
  // Not at the top: this is loaded before npm has installed anything.
  const esbuild = await import("esbuild");
  const { metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: ["provider/plugin/main.ts"],
    outfile,
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    minify: true,
    metafile: true,
    legalComments: "none",
    banner: { js: SMALL_HEAP },
    logLevel: "warning",
    plugins: [{ name: "left-out", setup: leaveOut }],
  });
  const [output] = Object.values(metafile.outputs);
  const files = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return files.map(([file]) => file);
}

/**
 * Whether they happen to be built on this machine must not change the bundle.
 *
 * @param {import("esbuild").PluginBuild} build
 */
function leaveOut(build) {
  build.onResolve({ filter: LEFT_OUT }, ({ path }) => ({ path, namespace: "left-out" }));
  build.onLoad({ filter: /.*/, namespace: "left-out" }, ({ path }) => ({
    contents: `throw new Error(${JSON.stringify(`${path} is not part of this program`)});`,
  }));
}
