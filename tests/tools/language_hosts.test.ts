import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluate } from "./evaluate";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hosts-test-"));
  mkdirSync(join(directory, "bin"));
});
afterEach(() => rmSync(directory, { recursive: true }));

function addProgram(name: string, script = "") {
  writeFileSync(join(directory, "bin", name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(directory, "bin", name), 0o755);
}

const find = (path = "") =>
  evaluate("setup/language_hosts.mjs", `m.ensureLanguageHosts(${JSON.stringify(join(directory, "bin"))})`, {
    PATH: path,
    XDG_CACHE_HOME: directory,
  });

test("uses the language hosts beside the Pulumi CLI, and builds none", async () => {
  for (const language of ["yaml", "python", "python-exec", "go"]) addProgram(`pulumi-language-${language}`);
  expect(await find()).toBe(join(directory, "bin"));
});

test("works without language hosts if the CLI has none and Go is not installed", async () => {
  expect(await find()).toBeNull();
});

test("works without language hosts if Go is too old to download a newer one", async () => {
  addProgram("go", "echo go1.20.14");
  expect(await find(join(directory, "bin"))).toBeNull();
});
