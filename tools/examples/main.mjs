// A shell in a copy of the examples, with an emulated account and Pulumi at hand: `node tools/examples/main.mjs`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { startEmulator } from "../demo/emulator.mjs";
import { createEmptySandbox } from "../demo/sandbox.mjs";
import { beforeExit, runMain } from "../process/leave.mjs";
import { print } from "../process/say.mjs";
import { findOnPath } from "../setup/engine_installed.mjs";
import { builtHosts } from "../setup/language_hosts.mjs";
import { root } from "../setup/paths.mjs";
import { addSdk, installPlugin } from "./plugin.mjs";

/** The last part is for Pulumi's hosts that do not look into Pulumi.yaml for the environment. */
const environmentOfPython =
  'python3 -m venv venv && venv/bin/pip install -r requirements.txt && export PATH="$PWD/venv/bin:$PATH"';

await runMain(async () => {
  const cloud = await startEmulator();
  const sandbox = createEmptySandbox([process.env["PATH"], builtHosts()].filter(Boolean).join(delimiter));
  const names = readdirSync(join(root, "examples")).sort();
  for (const name of names) addSdk(sandbox.add(name));
  installPlugin(sandbox.environment["PULUMI_HOME"] ?? "");
  print("An Exoscale runs on this machine, with an account of its own. This shell is among copies of the examples:");
  print(`   ${names.join("  ")}`);
  print("Go into one, then: pulumi stack init dev && pulumi up");
  if (!existsSync(join(root, "sdks")))
    print("Those of the plugin, plugin-*, need what `npm run sdks` makes; plugin-yaml does not.");
  else print(`In plugin-python first: ${environmentOfPython}`);
  if (!builtHosts() && !findOnPath("pulumi-language-yaml")) {
    print(
      "plugin-yaml, plugin-python and plugin-go need Pulumi's hosts of these languages. Its CLI as released has them; else",
    );
    print("`npm test` builds them.");
  }
  print("The end of the shell (exit) ends the Exoscale and removes everything.");
  const code = await shell(join(sandbox.directory, "examples"), { ...sandbox.environment, ...cloud.environment });
  await sandbox.remove();
  await cloud.stop();
  return code;
});

/** @param {string} cwd @param {NodeJS.ProcessEnv} env @returns {Promise<number>} its exit code */
async function shell(cwd, env) {
  // Without the user's start-up files, which may put another Node or Pulumi first on PATH.
  const [command, ...args] = findOnPath("bash") ? ["bash", "--norc"] : ["sh"];
  // No channel: programs started from the shell would take it for theirs.
  const child = spawn(command, args, { cwd, env: { ...env, PS1: "examples \\W $ " }, stdio: "inherit" });
  const stop = beforeExit(() => child.kill("SIGHUP"));
  const [code] = await once(child, "exit");
  await stop();
  return code ?? 1;
}
