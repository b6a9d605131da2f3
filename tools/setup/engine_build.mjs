// The engine from its Go modules: for machines that reach package registries and nothing else.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeLeaving } from "../process/leave.mjs";
import { mustRun } from "../process/run.mjs";
import { step } from "../process/say.mjs";
import { modules } from "./engine_cache.mjs";
import { LEAST_ENGINE, onPath } from "./engine_installed.mjs";
import { isAtLeast } from "./versions.mjs";

/** From this version on, Go fetches the newer Go that a module asks for. */
const LEAST_GO = "1.21.0";

const WAYS_OUT =
  `Either install the Pulumi CLI, ${LEAST_ENGINE} or newer (https://www.pulumi.com/docs/get-started/download-install/),\n` +
  `or Go, ${LEAST_GO} or newer (https://go.dev/doc/install), with which the CLI is built from its modules. Then try again.`;

/**
 * @param {string} directory where the programs go
 * @throws {Error} that says what to install
 */
export async function buildEngine(directory) {
  if (!onPath("go")) {
    throw new Error(
      `There is no Pulumi CLI here, its download cannot be reached, and Go is not installed.\n${WAYS_OUT}`,
    );
  }
  for (const module of modules) {
    const toolchain = await chooseToolchain(module);
    const title = `Building ${module.name} ${module.version} with Go (the first time takes minutes)`;
    await step(title, (progress) => buildModule(module, directory, toolchain, progress));
  }
}

/** @param {import("./engine_cache.mjs").Module} module @returns {Promise<Record<string, string>>} */
async function chooseToolchain({ go }) {
  const installed = (await mustRun("go", ["env", "GOVERSION"], { cwd: "/", env: goEnvironment() })).trim();
  if (!isAtLeast(installed, LEAST_GO)) throw new Error(`The installed Go is ${installed}, too old.\n${WAYS_OUT}`);
  // Some distributions forbid the download of a newer Go; here it is needed.
  return isAtLeast(installed, go) ? {} : { GOTOOLCHAIN: "auto" };
}

/**
 * @param {import("./engine_cache.mjs").Module} module
 * @param {string} directory
 * @param {Record<string, string>} toolchain
 * @param {(now: string) => void} progress
 */
async function buildModule(module, directory, toolchain, progress) {
  const flags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${module.version}`;
  const program = join(directory, module.name === "pulumi-cli" ? "pulumi" : module.name);
  let packages = 0;
  progress("fetching Go modules");
  // Go's own scratch space, over a gigabyte, which it leaves when it is killed.
  const scratch = mkdtempSync(join(tmpdir(), "pulumi-exoscale-ssh-go-"));
  const clean = beforeLeaving(() => rmSync(scratch, { recursive: true, force: true }));
  try {
    await mustRun("go", ["build", "-v", "-ldflags", flags, "-o", program, module.package], {
      cwd: module.directory,
      env: { ...goEnvironment(), ...toolchain, GOTMPDIR: scratch },
      onLine: (line) => {
        if (line.startsWith("go: downloading")) return;
        packages += 1;
        progress(`compiling, ${packages} packages so far`);
      },
    });
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
