// `npm run generate`: generates schema.json, the typed classes and pages in docs/ from the descriptions of the resources.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { beforeExit, runMain } from "./process/leave.mjs";
import { mustRun, run } from "./process/run.mjs";
import { step } from "./process/say.mjs";
import { installDependencies } from "./setup/dependencies.mjs";
import { ensureNode24 } from "./setup/node24.mjs";
import { nodeModules, root } from "./setup/paths.mjs";

const generated = ["schema.json", "provider/dynamic/resources.gen.ts", "docs"];

await runMain(async () => {
  await installDependencies();
  await step("Generating the schema, the classes and the pages", async () => generate(await ensureNode24()));
  return 0;
});

/** @param {string} node */
async function generate(node) {
  const compiled = join(nodeModules, ".cache", `pulumi-exoscale-ssh-generator-${process.pid}`);
  const clean = beforeExit(() => rmSync(compiled, { recursive: true, force: true }));
  try {
    // Not `npm run build`: the classes may be what does not compile yet, because a description has changed.
    const tsc = join(nodeModules, "typescript", "bin", "tsc");
    await run(node, [tsc, "-p", "tsconfig.build.json", "--declaration", "false", "--outDir", compiled], { cwd: root });
    await mustRun(node, [join(compiled, "tools", "generate", "main.js")], { cwd: root });
    const biome = join(nodeModules, "@biomejs", "biome", "bin", "biome");
    await mustRun(node, [biome, "format", "--write", ...generated], { cwd: root });
  } finally {
    await clean();
  }
}
