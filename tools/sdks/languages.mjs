// Builds each SDK in the same way as its users, and checks its types.
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { beforeExit } from "../process/leave.mjs";
import { mustRun } from "../process/run.mjs";
import { runGo } from "../setup/go_build.mjs";
import { nodeModules } from "../setup/paths.mjs";
import { minGoVersion, pulumiVersion } from "./generator.mjs";
import { ensurePulumiPython } from "./python.mjs";

/**
 * @typedef {object} Language
 * @property {() => Promise<unknown>} [prepare] installs what the SDK and programs need
 * @property {(sdk: string, node: string) => Promise<void>} build
 */

/**
 * By Pulumi's names.
 *
 * @type {Record<string, Language>}
 */
export const languages = {
  nodejs: { build: buildForNode },
  python: { prepare: ensurePulumiPython, build: buildForPython },
  go: { build: buildForGo },
};

/** Does the same as npm when it installs the SDK. @param {string} sdk @param {string} node */
async function buildForNode(sdk, node) {
  const path = [dirname(node), join(nodeModules, ".bin"), process.env["PATH"]].join(delimiter);
  await mustRun(node, [join("scripts", "postinstall.js")], { cwd: sdk, env: { ...process.env, PATH: path } });
}

/** Code of Pulumi's generator fails these checks. Undefined names, members and arguments are still found. */
const disabledChecks = ["arg-type", "assignment", "override", "return-value", "var-annotated"];

/** @param {string} sdk */
async function buildForPython(sdk) {
  const python = await ensurePulumiPython();
  await mustRun(python, ["-m", "compileall", "-q", "."], { cwd: sdk });
  const disabled = disabledChecks.flatMap((code) => ["--disable-error-code", code]);
  const cache = ["--cache-dir", join(nodeModules, ".cache", "mypy")];
  await mustRun(python, ["-m", "mypy", ...cache, ...disabled, "pulumi_exoscale_ssh"], { cwd: sdk });
}

/** With a copy of go.mod that requires the current Pulumi: the generated one stays as it is. @param {string} sdk */
async function buildForGo(sdk) {
  const scratch = mkdtempSync(join(tmpdir(), "pulumi-exoscale-ssh-sdk-"));
  const clean = beforeExit(() => rmSync(scratch, { recursive: true, force: true }));
  const modfile = `-modfile=${join(scratch, "go.mod")}`;
  copyFileSync(join(sdk, "go.mod"), join(scratch, "go.mod"));
  try {
    for (const args of [
      ["get", `github.com/pulumi/pulumi/sdk/v3@v${pulumiVersion}`, "./..."],
      ["build", "./..."],
      ["vet", "./..."],
    ]) {
      const [command = "", ...rest] = args;
      await runGo([command, modfile, ...rest], { directory: sdk, go: minGoVersion });
    }
  } finally {
    await clean();
  }
}
