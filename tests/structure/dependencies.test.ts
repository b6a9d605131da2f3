import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { dependencies, peerDependencies } from "../../package.json";
import { evaluate } from "../tools/evaluate";

const page = readFileSync(resolve(__dirname, "../../docs/design/dependencies.md"), "utf8");

/** The packages that a section of the page gives a reason for. */
function namedIn(title: string): string[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${title}\n`)) ?? "";
  return [...section.matchAll(/\*\*([^*]+)\*\*/g)].map(([, name = ""]) => name).sort();
}

/** The packages in the plugin, by its own notices. */
async function bundled(): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), "dependencies-test-"));
  try {
    await evaluate("dist/bundle.mjs", `m.bundlePlugin(${JSON.stringify(directory)})`);
    const notices = readFileSync(join(directory, "THIRD_PARTY_NOTICES.txt"), "utf8");
    return [...notices.matchAll(/^-{100}\n(\S+) /gm)].map(([, name = ""]) => name);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe("docs/design/dependencies.md gives the reason", () => {
  test("of each dependency of the package, and of no other", () => {
    const names = Object.keys({ ...dependencies, ...peerDependencies });
    expect(namedIn("Of the package")).toEqual(names.sort());
  });

  test("of each package that is bundled into the plugin, and of no other", async () => {
    const described = [...namedIn("Of the package"), ...namedIn("In the plugin besides")];
    expect((await bundled()).sort()).toEqual(described.sort());
  });
});
