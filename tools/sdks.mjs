// `npm run sdks`: generates the SDKs for TypeScript, Python and Go from schema.json into sdks/, and builds them.
import { runMain } from "./process/leave.mjs";
import { print, step } from "./process/say.mjs";
import { makeSdk, sdkLanguages, whyNoSdk } from "./sdks/make.mjs";
import { installDependencies } from "./setup/dependencies.mjs";
import { ensureNode24 } from "./setup/node24.mjs";

await runMain(async () => {
  await installDependencies();
  const node = await ensureNode24();
  let missing = 0;
  for (const language of sdkLanguages) {
    const obstacle = await whyNoSdk(language);
    if (obstacle) print(`No SDK for ${language}: ${obstacle}`);
    else await step(`Making the SDK in sdks/${language}`, () => makeSdk(language, node));
    missing += obstacle ? 1 : 0;
  }
  return missing > 0 ? 1 : 0;
});
