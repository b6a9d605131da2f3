import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { functions, resources } from "../../provider/resources";
import { pages } from "./pages";
import { pulumiSchema } from "./pulumi_schema";
import { registryTexts } from "./registry";
import { classesSource } from "./typescript";

/** Generates `schema.json`, the typed classes and pages in docs/ from the descriptions of the resources. */
const root = process.cwd();
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const [all, asked] = [Object.values(resources), Object.values(functions)];
writeFileSync(
  join(root, "schema.json"),
  `${JSON.stringify(pulumiSchema(manifest, all, asked, registryTexts(root)), null, 2)}\n`,
);
writeFileSync(join(root, "provider/dynamic/resources.gen.ts"), `${classesSource(all, asked)}\n`);
for (const [file, text] of Object.entries(pages(root))) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}
