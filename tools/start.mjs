// `npm start`: installs what is missing, then runs the demo with Node 24.
import { fileURLToPath } from "node:url";
import { runInForeground } from "./process/hand_over.mjs";
import { runMain } from "./process/leave.mjs";
import { build } from "./setup/build.mjs";
import { root } from "./setup/paths.mjs";
import { setUp } from "./setup/set_up.mjs";

await runMain(async () => {
  const { node, path } = await setUp();
  await build(node);
  const demo = fileURLToPath(new URL("demo/main.mjs", import.meta.url));
  return runInForeground(node, [demo], { cwd: root, env: { ...process.env, PATH: path } });
});
