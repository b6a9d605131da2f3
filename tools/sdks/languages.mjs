// What an SDK goes through before it counts as good: it is built as its users build it, and its types are checked.
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
 * @property {() => Promise<unknown>} [prepare] installs what its SDK and its programs need
 * @property {(sdk: string, node: string) => Promise<void>} build
 */

/**
 * By the names that Pulumi gives them.
 *
 * @type {Record<string, Language>}
 */
export const languages = {
  nodejs: { build: buildForNode },
  python: { prepare: ensurePulumiPython, build: buildForPython },
  go: { build: buildForGo },
};

/** As npm does when the SDK is installed. @param {string} sdk @param {string} node */
async function buildForNode(sdk, node) {
  const path = [dirname(node), join(nodeModules, ".bin"), process.env["PATH"]].join(delimiter);
  await mustRun(node, [join("scripts", "postinstall.js")], { cwd: sdk, env: { ...process.env, PATH: path } });
}

/** What Pulumi's generator writes is loose about these; undefined names, members and arguments show all the same. */
const LOOSE = ["arg-type", "assignment", "override", "return-value", "var-annotated"];

/** @param {string} sdk */
async function buildForPython(sdk) {
  const python = await ensurePulumiPython();
  await mustRun(python, ["-m", "compileall", "-q", "."], { cwd: sdk });
  const loose = LOOSE.flatMap((code) => ["--disable-error-code", code]);
  const cache = ["--cache-dir", join(nodeModules, ".cache", "mypy")];
  await mustRun(python, ["-m", "mypy", ...cache, ...loose, "pulumi_exoscale_ssh"], { cwd: sdk });
}

/** With a go.mod of its own that names a present Pulumi: the SDK's stays as it was generated. @param {string} sdk */
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
