// `npm run check-package`: builds the package and checks what `npm pack` would make of it.

import { checkPackage } from "./dist/check_package.mjs";
import { runMain } from "./process/leave.mjs";
import { step } from "./process/say.mjs";
import { build } from "./setup/build.mjs";
import { installDependencies } from "./setup/dependencies.mjs";
import { ensureNode24 } from "./setup/node24.mjs";

await runMain(async () => {
  await installDependencies();
  await build(await ensureNode24());
  await step("Checking the npm package", checkPackage);
  return 0;
});
