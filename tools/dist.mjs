// `npm run dist`: writes what is published to release/. `npm run dist -- linux-amd64` makes only that executable.
import { fileURLToPath } from "node:url";
import { runInForeground } from "./process/hand_over.mjs";
import { runMain } from "./process/leave.mjs";
import { build } from "./setup/build.mjs";
import { installDependencies } from "./setup/dependencies.mjs";
import { ensureNode24 } from "./setup/node24.mjs";
import { root } from "./setup/paths.mjs";

await runMain(async () => {
  await installDependencies();
  const node = await ensureNode24();
  await build(node);
  const dist = fileURLToPath(new URL("dist/main.mjs", import.meta.url));
  return runInForeground(node, [dist, ...process.argv.slice(2)], { cwd: root, env: process.env });
});
