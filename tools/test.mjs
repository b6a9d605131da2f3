// `npm test` and `npm run test:all`: set up what is missing, then lint, types, build, and tests. Arguments go to jest.
import { runMain } from "./process/leave.mjs";
import { print } from "./process/say.mjs";
import { build } from "./setup/build.mjs";
import { ensureLanguageHosts } from "./setup/language_hosts.mjs";
import { sdkVariables, VERSION_VARIABLE } from "./setup/pulumi_versions.mjs";
import { ensurePython } from "./setup/python.mjs";
import { setUp } from "./setup/set_up.mjs";
import { runChecks, runSdkChecks } from "./test/checks.mjs";
import { runJest } from "./test/jest.mjs";
import { isFirst, isWhole, needsOtherLanguages, readRequest } from "./test/request.mjs";
import { addToTally, lastLine, total } from "./test/tally.mjs";

await runMain(async () => {
  const request = readRequest(process.argv.slice(2));
  const toolchain = await setUp();
  const tallies = isFirst(request) ? [await runChecks(toolchain.node)] : [];
  // Others have checked this, and nobody has built it here yet.
  if (!isFirst(request)) await build(toolchain.node);
  if (needsOtherLanguages(request)) {
    tallies.push(await runSdkChecks(toolchain.node));
    await ensureLanguageHosts(toolchain.engine);
  }
  const sdks = needsOtherSdks(request) ? await sdkVariables() : {};
  const tally = total([...tallies, await runJest({ ...toolchain, python: await ensurePython(), sdks }, request)]);
  // A machine that lacks something may skip, loudly; CI has everything. A chosen few tests (-t) are no skipping.
  const skippedInCi = process.env["CI"] === "true" && isWhole(request) && tally.skipped > 0;
  if (skippedInCi) print("With CI=true nothing may be skipped: this counts as a failure.");
  const counted = addToTally(request, { ...tally, failed: tally.failed + (skippedInCi ? 1 : 0) });
  // The rest of the tests, which adds to this count, has the last line.
  print(request.tally && request.tier === "quick" ? `In this part: ${lastLine(counted)}` : lastLine(counted));
  return counted.failed > 0 ? 1 : 0;
});

/** @param {import("./test/request.mjs").Request} request */
function needsOtherSdks(request) {
  return !["quick", "chosen"].includes(request.tier) || process.env[VERSION_VARIABLE] !== undefined;
}
