import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileName } from "./file_name";
import type { Text } from "./pulumi_schema";

/** The languages of the examples: their names in the registry, and the endings of their files. */
const languages = { typescript: "ts", yaml: "yaml" } as const;

/**
 * Texts for the registry and the SDKs: the description, what else is to be known, the examples between the marks by which
 * Pulumi's generators keep those of their language, and how to import. Examples are the files of `docs/examples/plugin`.
 */
export function registryTexts(root: string): Text {
  const text = (file: string) => (existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8").trim() : "");
  return ({ name, description }) => {
    const [notes = "", importing = ""] = text(`tools/generate/texts/registry/${name}.md`).split(/^(?=## Import)/m);
    const examples = Object.entries(languages).map(([language, ending]) =>
      fenced(language, text(`docs/examples/plugin/${fileName(name)}.${ending}`)),
    );
    return [description, notes.trim(), ...marked(examples), importing].filter((part) => part !== "").join("\n\n");
  };
}

function fenced(language: string, source: string): string {
  return source === "" ? "" : `\`\`\`${language}\n${source}\n\`\`\``;
}

function marked(examples: readonly string[]): string[] {
  return [
    "{{% examples %}}",
    "## Example Usage",
    "{{% example %}}",
    ...examples,
    "{{% /example %}}",
    "{{% /examples %}}",
  ];
}
