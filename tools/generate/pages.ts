import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { functions, resources } from "../../provider/resources";
import { codesThrownBy, type DescribedError, describedErrors } from "./errors";
import { fileName } from "./file_name";
import { type Besides, configurationPage, errorsPage, functionsPage, resourcePage } from "./markdown";
import { registryNotes } from "./registry";

/** The folder with the code of each resource and function. */
const CORE = "provider/resources";

/** Every generated page, by its path in the repository. */
export function pages(root: string): Record<string, string> {
  const text = (file: string) => (existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8").trim() : "");
  const errors = describedErrors(root);
  const besides = (name: string, place: string): Besides => ({
    notes: text(`tools/generate/texts/${name}.md`),
    example: text(`docs/examples/${fileName(name)}.ts`),
    errors: errorsOf(root, place, errors),
  });
  const resourcePages = Object.values(resources).map((resource) => [
    `docs/resources/${resource.name}.md`,
    resourcePage(resource, {
      ...besides(resource.name, `${CORE}/${fileName(resource.name)}`),
      yaml: text(`docs/examples/plugin/${fileName(resource.name)}.yaml`),
      importing: registryNotes(root, resource.name).importing,
    }),
  ]);
  const asked = Object.values(functions).map(
    (fn) => [fn, besides(fn.name, `${CORE}/functions/${fileName(fn.name)}.ts`)] as const,
  );
  return {
    ...Object.fromEntries(resourcePages),
    "docs/functions.md": functionsPage(text("tools/generate/texts/functions.md"), asked),
    "docs/errors.md": errorsPage(text("tools/generate/texts/errors.md"), errors),
    "docs/configuration.md": configurationPage(text("tools/generate/texts/configuration.md")),
  };
}

function errorsOf(root: string, place: string, errors: readonly DescribedError[]): DescribedError[] {
  const thrown = codesThrownBy(root, place, errors);
  return errors.filter(({ code }) => thrown.includes(code));
}
