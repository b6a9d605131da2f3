// `npm run bench`: measures, and prints the numbers with their goals. `npm run bench -- start` measures only the start.
import { runInForeground } from "./process/hand_over.mjs";
import { runMain } from "./process/leave.mjs";
import { build } from "./setup/build.mjs";
import { root } from "./setup/paths.mjs";
import { setUp } from "./setup/set_up.mjs";

await runMain(async () => {
  const { node, path } = await setUp();
  await build(node);
  return runInForeground(node, ["bench/main.mjs", ...process.argv.slice(2)], {
    cwd: root,
    env: { ...process.env, PATH: path },
  });
});
