// Building Pulumi's programs from their Go modules: for machines that reach package registries and nothing else.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeLeaving } from "../process/leave.mjs";
import { mustRun } from "../process/run.mjs";
import { onPath } from "./engine_installed.mjs";
import { isAtLeast } from "./versions.mjs";

/** From this version on, Go fetches the newer Go that a module asks for. */
export const LEAST_GO = "1.21.0";

/** @returns {Promise<string | undefined>} why nothing can be built here; undefined where it can */
export async function whyNoGo() {
  if (!onPath("go")) return "Go is not installed";
  const installed = await installedGo();
  return isAtLeast(installed, LEAST_GO) ? undefined : `the installed Go is ${installed}, older than ${LEAST_GO}`;
}

async function installedGo() {
  return (await mustRun("go", ["env", "GOVERSION"], { cwd: "/", env: goEnvironment() })).trim();
}

/**
 * @param {import("./go_module.mjs").GoModule} module
 * @param {string} program the file to write
 * @param {(now: string) => void} progress
 */
export async function buildModule(module, program, progress) {
  const flags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${module.version}`;
  let packages = 0;
  progress("fetching Go modules");
  await go(["build", "-v", "-ldflags", flags, "-o", program, module.package], module, (line) => {
    if (line.startsWith("go: downloading")) return;
    packages += 1;
    progress(`compiling, ${packages} packages so far`);
  });
}

/**
 * Runs a command of Go's in a module.
 *
 * @param {string[]} args
 * @param {{ directory: string, go: string }} module
 * @param {(line: string) => void} [onLine]
 * @returns {Promise<string>} stdout
 */
export async function go(args, module, onLine) {
  // Some distributions forbid the download of a newer Go; here it is needed.
  const toolchain = isAtLeast(await installedGo(), module.go) ? {} : { GOTOOLCHAIN: "auto" };
  // Go's own scratch space, over a gigabyte, which it leaves when it is killed.
  const scratch = mkdtempSync(join(tmpdir(), "pulumi-exoscale-ssh-go-"));
  const clean = beforeLeaving(() => rmSync(scratch, { recursive: true, force: true }));
  try {
    const env = { ...goEnvironment(), ...toolchain, GOTMPDIR: scratch };
    return await mustRun("go", args, { cwd: module.directory, env, ...(onLine && { onLine }) });
  } finally {
    await clean();
  }
}

/** The user's Go settings that reach registries stay; those that change what is built do not. */
function goEnvironment() {
  return {
    ...process.env,
    GOFLAGS: "-mod=readonly -buildvcs=false",
    GOWORK: "off",
    CGO_ENABLED: "0",
    GOOS: "",
    GOARCH: "",
  };
}
