// Bundles the plugin into one file in dist/plugin/, which the npm package and the executables start.
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup/paths.mjs";
import { notices } from "./notices.mjs";

/** The name of the program that Pulumi looks for. */
export const PROGRAM = "pulumi-resource-exoscale-ssh";

/** The plugin and its dependencies in one CommonJS file. */
export const BUNDLE = "plugin.cjs";

/** Names, licences and notices of the bundled packages. */
export const NOTICES = "THIRD_PARTY_NOTICES.txt";

/**
 * Keeps the space for short-lived objects at its initial size. V8 would let it grow to 48 MB while hundreds of resources
 * are created, and not be faster. The launcher sets the same before it loads anything.
 */
const SMALL_HEAP = 'require("node:v8").setFlagsFromString("--semi-space-growth-factor=1");';

/**
 * Modules that are not bundled. They are loaded within a `try`, or not at all: the native parts of ssh2, which works
 * without them, and the `.proto` loader of grpc, which only its debugging service uses.
 */
const LEFT_OUT = /(\.node|^cpu-features|^@grpc\/proto-loader)$/;

/**
 * Writes the bundle, its launcher and its notices.
 *
 * @param {string} directory is created
 */
export async function bundlePlugin(directory) {
  mkdirSync(directory, { recursive: true });
  const inputs = await bundle(join(directory, BUNDLE));
  writeFileSync(join(directory, NOTICES), notices(inputs));
  copyFileSync(join(root, "tools", "dist", "launcher.cjs"), join(directory, PROGRAM));
  chmodSync(join(directory, PROGRAM), 0o755);
}

/** @param {string} outfile @returns {Promise<string[]>} the bundled files, relative to the checkout */
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
 * The bundle must be the same whether or not they are built on this machine.
 *
 * @param {import("esbuild").PluginBuild} build
 */
function leaveOut(build) {
  build.onResolve({ filter: LEFT_OUT }, ({ path }) => ({ path, namespace: "left-out" }));
  build.onLoad({ filter: /.*/, namespace: "left-out" }, ({ path }) => ({
    contents: `throw new Error(${JSON.stringify(`${path} is not part of this program`)});`,
  }));
}
