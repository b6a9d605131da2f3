// `node tools/record_state.mjs NAME [--package DIR]`: installs what is missing, then records the state of the program in
// tests/recorded_states/NAME. tests/recorded_states/README.md says what for.
import { fileURLToPath } from "node:url";
import { runInForeground } from "./process/hand_over.mjs";
import { runMain } from "./process/leave.mjs";
import { build } from "./setup/build.mjs";
import { root } from "./setup/paths.mjs";
import { setUp } from "./setup/set_up.mjs";

await runMain(async () => {
  const { node, path } = await setUp();
  await build(node);
  const main = fileURLToPath(new URL("record/main.mjs", import.meta.url));
  return runInForeground(node, [main, ...process.argv.slice(2)], { cwd: root, env: { ...process.env, PATH: path } });
});
