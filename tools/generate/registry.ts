import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileName } from "./file_name";
import type { Text } from "./pulumi_schema";

/** The languages of the examples: their names in the registry, and their file extensions. */
const languages = { typescript: "ts", yaml: "yaml" } as const;

/**
 * Texts for the registry and the SDKs: the description, notes, examples, and how to import. Pulumi's generators find the
 * examples of their language by the markers around them. Examples are the files of `docs/examples/plugin`.
 */
export function registryTexts(root: string): Text {
  const text = (file: string) => textOf(root, file);
  return ({ name, description }) => {
    const { notes, importing } = registryNotes(root, name);
    const examples = Object.entries(languages).map(([language, ending]) =>
      fenced(language, text(`docs/examples/plugin/${fileName(name)}.${ending}`)),
    );
    return [description, notes, ...withMarkers(examples), importing].filter((part) => part !== "").join("\n\n");
  };
}

/** The notes on a resource, which are before the examples, and the section on its import, with its heading. */
export function registryNotes(root: string, name: string): { notes: string; importing: string } {
  const [notes = "", importing = ""] = textOf(root, `tools/generate/texts/registry/${name}.md`).split(
    /^(?=## Import)/m,
  );
  return { notes: notes.trim(), importing };
}

function textOf(root: string, file: string): string {
  return existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8").trim() : "";
}

function fenced(language: string, source: string): string {
  return source === "" ? "" : `\`\`\`${language}\n${source}\n\`\`\``;
}

function withMarkers(examples: readonly string[]): string[] {
  return [
    "{{% examples %}}",
    "## Example Usage",
    "{{% example %}}",
    ...examples,
    "{{% /example %}}",
    "{{% /examples %}}",
  ];
}
