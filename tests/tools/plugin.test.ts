import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { evaluate } from "./evaluate";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "plugin-test-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

test("the plugin of a checkout starts from any path, and the shell expands nothing in it", async () => {
  const checkout = join(directory, `it's "$HOME" \`id\` $(touch here)\\`);
  const home = join(directory, "home");
  mkdirSync(join(checkout, "dist/plugin"), { recursive: true });
  writeFileSync(join(checkout, "package.json"), '{ "version": "1.2.3" }');
  writeFileSync(join(checkout, "dist/plugin/plugin.cjs"), "console.log(__dirname, process.argv[2])");
  await evaluate("examples/plugin.mjs", `m.installPlugin(...${JSON.stringify([home, checkout])})`);
  const program = join(home, "plugins/resource-exoscale-ssh-v1.2.3/pulumi-resource-exoscale-ssh");
  const { stdout } = await promisify(execFile)(program, ["127.0.0.1:9"]);
  expect(stdout).toBe(`${join(checkout, "dist/plugin")} 127.0.0.1:9\n`);
});
