// `npm run sdks`: generates the SDKs for TypeScript, Python and Go from schema.json into sdks/, and builds them.
import { runMain } from "./process/leave.mjs";
import { step } from "./process/say.mjs";
import { languages, makeSdk, whyNoSdks } from "./sdks/make.mjs";
import { installDependencies } from "./setup/dependencies.mjs";
import { findNode24 } from "./setup/node24.mjs";

await runMain(async () => {
  await installDependencies();
  const node = await findNode24();
  const obstacle = await whyNoSdks();
  if (obstacle) throw new Error(`No SDK was made: ${obstacle}. See https://go.dev/doc/install, and try again.`);
  for (const language of languages) await step(`Making the SDK in sdks/${language}`, () => makeSdk(language, node));
  return 0;
});
