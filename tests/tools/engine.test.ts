import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluate } from "./evaluate";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "engine-test-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

function addProgram(name: string, prints: string) {
  writeFileSync(join(directory, name), `#!/bin/sh\necho ${prints}\n`);
  chmodSync(join(directory, name), 0o755);
}

const findInstalled = () =>
  evaluate("setup/engine_installed.mjs", "m.findInstalledEngine()", { PATH: `${directory}:/usr/bin:/bin` });

test("uses the installed engine if it is new enough and has its language host", async () => {
  addProgram("pulumi", "v3.216.0");
  addProgram("pulumi-language-nodejs", "");
  expect(await findInstalled()).toBe(directory);
});

test("does not use an installed engine that is too old", async () => {
  addProgram("pulumi", "v3.215.9");
  addProgram("pulumi-language-nodejs", "");
  expect(await findInstalled()).toBeNull();
});

test("does not use an installed engine without its language host", async () => {
  addProgram("pulumi", "v3.250.0");
  expect(await findInstalled()).toBeNull();
});

test("refuses a directory that the user names if it has no engine", async () => {
  const given = evaluate("setup/engine_installed.mjs", "m.findGivenEngine().catch((error) => error.message)", {
    PULUMI_EXOSCALE_SSH_ENGINE_DIR: directory,
  });
  expect(await given).toContain(`PULUMI_EXOSCALE_SSH_ENGINE_DIR is ${directory}`);
});

test("keeps the engine in a directory with its version and system in the name", async () => {
  const cached = await evaluate("setup/engine_cache.mjs", "m.cachedEngine", { XDG_CACHE_HOME: "/cache" });
  const { platform, arch } = process;
  expect(cached).toMatch(
    new RegExp(`^/cache/pulumi-exoscale-ssh/engine-3\\.\\d+\\.\\d+-${platform}-${arch}-[0-9a-f]{12}$`),
  );
});

test("builds the engine in the version of the npm package", async () => {
  const version = await evaluate("setup/engine_cache.mjs", "m.engineVersion");
  expect(version).toBe(require("@pulumi/pulumi/package.json").version);
});

test("refuses a download with another checksum than Pulumi publishes", async () => {
  const [archive, sums] = [join(directory, "a.tar.gz"), join(directory, "sums")];
  writeFileSync(archive, "something else");
  writeFileSync(sums, `${"0".repeat(64)}  a.tar.gz\n`);
  const verify = `(() => { try { m.verify(...${JSON.stringify([archive, "a.tar.gz", sums])}); } catch (e) { return e.message; } })()`;
  expect(await evaluate("setup/engine_download.mjs", verify)).toContain("not what Pulumi publishes");
});
