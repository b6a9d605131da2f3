// `npm test`: sets up what is missing, then lint, types, build, and every test. Arguments go to jest.
import { runMain } from "./process/leave.mjs";
import { print } from "./process/say.mjs";
import { ensureLanguageHosts } from "./setup/language_hosts.mjs";
import { sdkVariables } from "./setup/pulumi_versions.mjs";
import { ensurePython } from "./setup/python.mjs";
import { setUp } from "./setup/set_up.mjs";
import { runChecks } from "./test/checks.mjs";
import { runJest } from "./test/jest.mjs";
import { lastLine, total } from "./test/tally.mjs";

await runMain(async () => {
  const args = process.argv.slice(2);
  const toolchain = await setUp();
  const checks = await runChecks(toolchain.node);
  await ensureLanguageHosts(toolchain.engine);
  const tests = await runJest({ ...toolchain, python: await ensurePython(), sdks: await sdkVariables() }, args);
  const tally = total([checks, tests]);
  // A machine that lacks something may skip, loudly; CI has everything. A chosen few tests (-t) are no skipping.
  const skippedInCi = process.env["CI"] === "true" && args.length === 0 && tally.skipped > 0;
  if (skippedInCi) print("With CI=true nothing may be skipped: this counts as a failure.");
  const { passed, failed, skipped } = tally;
  print(lastLine({ passed, failed: failed + (skippedInCi ? 1 : 0), skipped }));
  return failed > 0 || skippedInCi ? 1 : 0;
});
