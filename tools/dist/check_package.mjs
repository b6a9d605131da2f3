// Checks the npm package as a registry would serve it: publint looks at package.json and the files it names, attw
// ("are the types wrong") at what TypeScript finds under each kind of module resolution.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeExit } from "../process/leave.mjs";
import { packNpmPackage } from "./npm_package.mjs";

/** Packs the built package and throws an error that lists every problem. Needs the packages of package-lock.json. */
export async function checkPackage() {
  const directory = mkdtempSync(join(tmpdir(), "exoscale-ssh-package-"));
  const clean = beforeExit(() => rmSync(directory, { recursive: true, force: true }));
  try {
    await packNpmPackage(directory, join(directory, "staging"));
    const [file = ""] = readdirSync(directory);
    const problems = await findProblems(readFileSync(join(directory, file)));
    if (problems.length > 0) throw new Error(`The npm package has problems:\n${problems.join("\n")}`);
  } finally {
    await clean();
  }
}

/** @param {Uint8Array} tarball @returns {Promise<string[]>} one line for each problem */
export async function findProblems(tarball) {
  return [...(await findManifestProblems(tarball)), ...(await findTypeProblems(tarball))];
}

/** @param {Uint8Array} tarball */
async function findManifestProblems(tarball) {
  // Not at the top: this is loaded before npm has installed anything.
  const { publint } = await import("publint");
  const { formatMessage } = await import("publint/utils");
  const { messages, pkg } = await publint({ pack: { tarball: Uint8Array.from(tarball).buffer } });
  return messages.map((message) => `publint ${message.type}: ${formatMessage(message, pkg)} (${message.code})`);
}

/** @param {Uint8Array} tarball */
async function findTypeProblems(tarball) {
  const { checkPackage: analyse, createPackageFromTarballData } = await import("@arethetypeswrong/core");
  const { problemKindInfo } = await import("@arethetypeswrong/core/problems");
  const analysis = await analyse(createPackageFromTarballData(tarball));
  if (!analysis.types) return ["attw: the package has no types"];
  return analysis.problems.map(
    (problem) => `attw: ${problemKindInfo[problem.kind].shortDescription} ${JSON.stringify(problem)}`,
  );
}
