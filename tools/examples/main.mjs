// A shell in a copy of the examples, with an emulated account and Pulumi at hand: `node tools/examples/main.mjs`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { startCloud } from "../demo/cloud.mjs";
import { makeEmptyWorkplace } from "../demo/workplace.mjs";
import { beforeLeaving, runMain } from "../process/leave.mjs";
import { say } from "../process/say.mjs";
import { onPath } from "../setup/engine_installed.mjs";
import { builtHosts } from "../setup/language_hosts.mjs";
import { root } from "../setup/paths.mjs";
import { addSdk, installPlugin } from "./plugin.mjs";

/** The last part is for Pulumi's hosts that do not look into Pulumi.yaml for the environment. */
const environmentOfPython =
  'python3 -m venv venv && venv/bin/pip install -r requirements.txt && export PATH="$PWD/venv/bin:$PATH"';

await runMain(async () => {
  const cloud = await startCloud();
  const place = makeEmptyWorkplace([process.env["PATH"], builtHosts()].filter(Boolean).join(delimiter));
  const names = readdirSync(join(root, "examples")).sort();
  for (const name of names) addSdk(place.add(name));
  installPlugin(place.environment["PULUMI_HOME"] ?? "");
  say("An Exoscale runs on this machine, with an account of its own. This shell is among copies of the examples:");
  say(`   ${names.join("  ")}`);
  say("Go into one, then: pulumi stack init dev && pulumi up");
  if (!existsSync(join(root, "sdks")))
    say("Those of the plugin, plugin-*, need what `npm run sdks` makes; plugin-yaml does not.");
  else say(`In plugin-python first: ${environmentOfPython}`);
  if (!builtHosts() && !onPath("pulumi-language-yaml")) {
    say(
      "plugin-yaml, plugin-python and plugin-go need Pulumi's hosts of these languages. Its CLI as released has them; else",
    );
    say("`npm test` builds them.");
  }
  say("The end of the shell (exit) ends the Exoscale and removes everything.");
  const code = await shell(join(place.directory, "examples"), { ...place.environment, ...cloud.environment });
  await place.remove();
  await cloud.stop();
  return code;
});

/** @param {string} cwd @param {NodeJS.ProcessEnv} env @returns {Promise<number>} its exit code */
async function shell(cwd, env) {
  // Without the user's start-up files, which may put another Node or Pulumi first on PATH.
  const [command, ...args] = onPath("bash") ? ["bash", "--norc"] : ["sh"];
  // No channel: programs started from the shell would take it for theirs.
  const child = spawn(command, args, { cwd, env: { ...env, PS1: "examples \\W $ " }, stdio: "inherit" });
  const stop = beforeLeaving(() => child.kill("SIGHUP"));
  const [code] = await once(child, "exit");
  await stop();
  return code ?? 1;
}
