// The demo: `node tools/demo/main.mjs`, on Node 24, after the set-up.
import { runMain } from "../process/leave.mjs";
import { bold, elapsed, print } from "../process/say.mjs";
import { startEmulator } from "./emulator.mjs";
import { createSandbox } from "./sandbox.mjs";
import { printHeading, runSteps } from "./steps.mjs";

process.once("SIGINT", () => print("\nStopping: all that was started and made is removed ..."));

await runMain(async () => {
  const start = Date.now();
  print(bold("An SSH key on Exoscale: made, used, deleted, still open; rotated, and revoked"));
  printHeading(1, "Start an Exoscale on this machine. No account, no cost; it listens on 127.x.y.z only.");
  const { stop, environment } = await startEmulator();
  const sandbox = createSandbox("quickstart", process.env["PATH"] ?? "");
  print(`   Its API: ${environment["EXOSCALE_API_ENDPOINT"]}`);
  await runSteps(sandbox, environment);
  await sandbox.remove();
  await stop();
  print();
  print(`Done in ${elapsed(start)}. Nothing is left behind: no process, no file.`);
  return 0;
});
