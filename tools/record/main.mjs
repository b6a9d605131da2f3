// Runs a program with a build of the package on the current emulator, and records the state and the account: see
// tests/recorded_states/README.md.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createEmptySandbox } from "../demo/sandbox.mjs";
import { installPlugin } from "../examples/plugin.mjs";
import { runMain } from "../process/leave.mjs";
import { mustRun } from "../process/run.mjs";
import { print, step } from "../process/say.mjs";
import { nodeModules, root } from "../setup/paths.mjs";
import { startRecordedAccount } from "./account.mjs";
import { copyProgram } from "./program.mjs";
import { saveRecording } from "./recording.mjs";
import { PASSPHRASE } from "./seal.mjs";
import { createProgramSettings } from "./settings.mjs";

await runMain(async () => {
  const { folder, build } = parseArguments();
  const sandbox = createEmptySandbox(process.env["PATH"] ?? "");
  const program = join(sandbox.directory, "program");
  copyProgram(folder, program, build);
  installPlugin(String(sandbox.environment["PULUMI_HOME"]), build);
  const account = await startRecordedAccount();
  const env = { ...sandbox.environment, ...account.environment, PULUMI_CONFIG_PASSPHRASE: PASSPHRASE };
  /** @param {string[]} args @param {string} [input] */
  const pulumi = (args, input) =>
    mustRun("pulumi", [...args, "--non-interactive"], { cwd: program, env, ...(input !== undefined && { input }) });

  await pulumi(["stack", "init", "test"]);
  const settings = createProgramSettings();
  for (const { name, value, kind } of settings) await pulumi(["config", "set", `--${kind}`, name], value);
  await step("Creating everything that the program declares", () => pulumi(["up", "--yes", "--skip-preview"]));
  await step("Checking that a preview with this build shows no changes", () =>
    pulumi(["preview", "--expect-no-changes"]),
  );
  const stack = await pulumi(["stack", "export"]);
  await account.stop();
  await step("Recording the state and the account", async () => {
    const secrets = settings.filter(({ kind }) => kind === "secret").map(({ value }) => value);
    saveRecording({ folder, program, stack, account, secrets });
    const biome = join(nodeModules, "@biomejs", "biome", "bin", "biome");
    await mustRun(process.execPath, [biome, "format", "--write", folder], { cwd: root });
  });
  await account.remove();
  await sandbox.remove();
  print(`Recorded in ${folder}`);
  return 0;
});

/** @returns {{ folder: string, build: string }} the folder of the recording, and the built checkout to record with */
function parseArguments() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { package: { type: "string" } } });
  const folder = join(root, "tests", "recorded_states", positionals[0] ?? "");
  if (positionals.length !== 1 || !existsSync(join(folder, "index.js"))) {
    throw new Error(
      "Give the name of a folder in tests/recorded_states that has an index.js. --package DIR is for another built checkout.",
    );
  }
  const build = resolve(values.package ?? root);
  if (!existsSync(join(build, "dist", "provider")))
    throw new Error(`${build} has no dist/provider. Run this there: npm run build`);
  return { folder, build };
}
