// Opens a shell in a copy of the examples, with an emulated account and Pulumi: `node tools/examples/main.mjs`.
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

/** The last command is for language hosts that do not read the virtual environment from Pulumi.yaml. */
const PYTHON_COMMANDS =
  'python3 -m venv venv && venv/bin/pip install -r requirements.txt && export PATH="$PWD/venv/bin:$PATH"';

await runMain(async () => {
  const cloud = await startEmulator();
  const sandbox = createEmptySandbox([process.env["PATH"], builtHosts()].filter(Boolean).join(delimiter));
  const names = readdirSync(join(root, "examples")).sort();
  for (const name of names) addSdk(sandbox.add(name));
  installPlugin(sandbox.environment["PULUMI_HOME"] ?? "");
  print("An emulated Exoscale is running on this machine. This shell is in a folder with copies of the examples:");
  print(`   ${names.join("  ")}`);
  print("To run one: cd NAME && pulumi stack init dev && pulumi up");
  if (!existsSync(join(root, "sdks")))
    print("plugin-typescript, plugin-python and plugin-go need SDKs: run `npm run sdks` in the clone first.");
  else print(`In plugin-python run first: ${PYTHON_COMMANDS}`);
  if (!builtHosts() && !findOnPath("pulumi-language-yaml")) {
    print(
      "plugin-yaml, plugin-python and plugin-go need Pulumi's language hosts. The released Pulumi CLI has them. Otherwise",
    );
    print("run `npm test` in the clone, which builds them.");
  }
  print("When you leave the shell (exit), the emulator stops and everything is removed.");
  const code = await shell(join(sandbox.directory, "examples"), { ...sandbox.environment, ...cloud.environment });
  await sandbox.remove();
  await cloud.stop();
  return code;
});

/** @param {string} cwd @param {NodeJS.ProcessEnv} env @returns {Promise<number>} its exit code */
async function shell(cwd, env) {
  // Without the user's start-up files: they may put another Node or Pulumi first on PATH.
  const [command, ...args] = findOnPath("bash") ? ["bash", "--norc"] : ["sh"];
  // No IPC channel: programs that the shell starts would use it.
  const child = spawn(command, args, { cwd, env: { ...env, PS1: "examples \\W $ " }, stdio: "inherit" });
  const stop = beforeExit(() => child.kill("SIGHUP"));
  const [code] = await once(child, "exit");
  await stop();
  return code ?? 1;
}
