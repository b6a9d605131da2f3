// `npm run examples`: installs what is missing, then opens a shell with copies of the examples, with Node 24.
import { fileURLToPath } from "node:url";
import { runInForeground } from "./process/hand_over.mjs";
import { runMain } from "./process/leave.mjs";
import { build } from "./setup/build.mjs";
import { root } from "./setup/paths.mjs";
import { setUp } from "./setup/set_up.mjs";

await runMain(async () => {
  const { node, path } = await setUp();
  await build(node);
  const shell = fileURLToPath(new URL("examples/main.mjs", import.meta.url));
  return runInForeground(node, [shell], { cwd: root, env: { ...process.env, PATH: path }, stdin: "inherit" });
});
