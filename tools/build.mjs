// `npm run build`: compiles the package into dist/.
import { runMain } from "./process/leave.mjs";
import { build } from "./setup/build.mjs";
import { installDependencies } from "./setup/dependencies.mjs";
import { ensureNode24 } from "./setup/node24.mjs";

await runMain(async () => {
  await installDependencies();
  await build(await ensureNode24());
  return 0;
});
