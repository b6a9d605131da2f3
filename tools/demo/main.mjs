// The demo: `node tools/demo/main.mjs`, on Node 24, after the set-up.
import { runMain } from "../process/leave.mjs";
import { bold, elapsed, say } from "../process/say.mjs";
import { startCloud } from "./cloud.mjs";
import { chapter, tellStory } from "./story.mjs";
import { makeWorkplace } from "./workplace.mjs";

process.once("SIGINT", () => say("\nStopping: all that was started and made is removed ..."));

await runMain(async () => {
  const start = Date.now();
  say(bold("An SSH key on Exoscale: made, used, deleted, still open; rotated, and revoked"));
  chapter(1, "Start an Exoscale on this machine. No account, no cost; it listens on 127.x.y.z only.");
  const { stop, environment } = await startCloud();
  const place = makeWorkplace("quickstart", process.env["PATH"] ?? "");
  say(`   Its API: ${environment["EXOSCALE_API_ENDPOINT"]}`);
  await tellStory(place, environment);
  await place.remove();
  await stop();
  say();
  say(`Done in ${elapsed(start)}. Nothing is left behind: no process, no file.`);
  return 0;
});
