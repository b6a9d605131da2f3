import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { functions, resources } from "../../provider/resources";
import { pulumiSchema } from "./pulumi_schema";
import { classesSource } from "./typescript";

/** Writes what follows from the descriptions of the resources: `schema.json` and the typed classes. */
const root = process.cwd();
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const [all, asked] = [Object.values(resources), Object.values(functions)];
writeFileSync(join(root, "schema.json"), `${JSON.stringify(pulumiSchema(manifest, all, asked), null, 2)}\n`);
writeFileSync(join(root, "provider/dynamic/resources.gen.ts"), `${classesSource(all, asked)}\n`);
