// Builds Pulumi's programs from their Go modules, for machines that reach package registries and nothing else.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeExit } from "../process/leave.mjs";
import { mustRun } from "../process/run.mjs";
import { findOnPath } from "./engine_installed.mjs";
import { isAtLeast } from "./versions.mjs";

/** From this version on, Go downloads a newer Go if a module needs it. */
export const MIN_GO_VERSION = "1.21.0";

/** @returns {Promise<string | undefined>} why nothing can be built here; undefined if it can */
export async function whyNoGo() {
  if (!findOnPath("go")) return "Go is not installed";
  const installed = await installedGo();
  return isAtLeast(installed, MIN_GO_VERSION)
    ? undefined
    : `the installed Go is ${installed}, older than ${MIN_GO_VERSION}`;
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
  progress("downloading Go modules");
  await runGo(["build", "-v", "-ldflags", flags, "-o", program, module.package], module, (line) => {
    if (line.startsWith("go: downloading")) return;
    packages += 1;
    progress(`compiling, ${packages} packages so far`);
  });
}

/**
 * Runs a `go` command in the directory of a module.
 *
 * @param {string[]} args
 * @param {{ directory: string, go: string }} module
 * @param {(line: string) => void} [onLine]
 * @returns {Promise<string>} stdout
 */
export async function runGo(args, module, onLine) {
  // Some distributions disable the download of a newer Go.
  const toolchain = isAtLeast(await installedGo(), module.go) ? {} : { GOTOOLCHAIN: "auto" };
  // Go's temporary files, over a gigabyte. Go does not remove them if it is killed.
  const scratch = mkdtempSync(join(tmpdir(), "pulumi-exoscale-ssh-go-"));
  const clean = beforeExit(() => rmSync(scratch, { recursive: true, force: true }));
  try {
    const env = { ...goEnvironment(), ...toolchain, GOTMPDIR: scratch };
    return await mustRun("go", args, { cwd: module.directory, env, ...(onLine && { onLine }) });
  } finally {
    await clean();
  }
}

/** Keeps the user's Go settings for registries, and overrides those that change what is built. */
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
