// The demo: `node tools/demo/main.mjs`, with Node 24, after the set-up.
import { runMain } from "../process/leave.mjs";
import { bold, elapsed, print } from "../process/say.mjs";
import { startEmulator } from "./emulator.mjs";
import { createSandbox } from "./sandbox.mjs";
import { printHeading, runSteps } from "./steps.mjs";

process.once("SIGINT", () => print("\nStopping: removing everything that the demo created ..."));

await runMain(async () => {
  const start = Date.now();
  print(bold("An SSH key on Exoscale: deleted but still accepted; rotated, and revoked"));
  printHeading(1, "Start an emulated Exoscale: no account, no cost, on loopback only.");
  const { stop, environment } = await startEmulator();
  const sandbox = createSandbox("quickstart", process.env["PATH"] ?? "");
  print(`   Its API: ${environment["EXOSCALE_API_ENDPOINT"]}`);
  await runSteps(sandbox, environment);
  await sandbox.remove();
  await stop();
  print();
  print(`Done in ${elapsed(start)}. Everything was removed: no process and no file is left.`);
  print(`Next: ${bold("npm run examples")} opens a shell in which you change the programs.`);
  return 0;
});
