// Installs what the examples of the plugin need: the plugin, and the SDK of their language.
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shellWord } from "../process/shell_word.mjs";
import { root } from "../setup/paths.mjs";

/** The folder of the TypeScript SDK in node_modules. */
const scope = join("node_modules", "@pulumi");

/**
 * Does the same as `pulumi plugin install`.
 *
 * @param {string} home the directory that PULUMI_HOME names
 * @param {string} build a built checkout
 */
export function installPlugin(home, build = root) {
  const { version } = JSON.parse(readFileSync(join(build, "package.json"), "utf8"));
  const directory = join(home, "plugins", `resource-exoscale-ssh-v${version}`);
  const program = join(directory, "pulumi-resource-exoscale-ssh");
  mkdirSync(directory, { recursive: true });
  const bundle = join(build, "dist", "plugin", "plugin.cjs");
  // Older builds have no bundle.
  const main = existsSync(bundle) ? bundle : join(build, "dist", "provider", "plugin", "main.js");
  writeFileSync(program, `#!/bin/sh\nexec ${[process.execPath, main].map(shellWord).join(" ")} "$@"\n`);
  chmodSync(program, 0o755);
}

/** Does the same as `pulumi package add`, with the SDK of `npm run sdks`. @param {string} program its folder */
export function addSdk(program) {
  const [, language = ""] =
    /^runtime:(?:\n {2}name:)? (\w+)$/m.exec(readFileSync(join(program, "Pulumi.yaml"), "utf8")) ?? [];
  const sdk = join(root, "sdks", language);
  if (!/\bplugin-\w+$/.test(program) || !existsSync(sdk)) return;
  cpSync(sdk, join(program, "sdks", "exoscale-ssh"), { recursive: true });
  if (language === "nodejs") symlinkSync("../../sdks/exoscale-ssh", join(program, scope, "exoscale-ssh"));
}
