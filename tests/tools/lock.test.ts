import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluate } from "./evaluate";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "lock-test-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Starts a process that logs when it has the lock and when it is done. */
function lockInProcess(name: string) {
  const [lock, log] = [join(directory, "it.lock"), join(directory, "log")].map((path) => JSON.stringify(path));
  const note = (what: string) => `fs.appendFileSync(${log}, "${what} ${name}\\n")`;
  const work = `async () => { ${note("in")}; await new Promise((r) => setTimeout(r, 100)); ${note("out")}; }`;
  return evaluate("setup/lock.mjs", `import("node:fs").then((fs) => m.withLock(${lock}, "testing", ${work}))`);
}

test("lets four processes work one after another", async () => {
  await Promise.all(["a", "b", "c", "d"].map(lockInProcess));
  const lines = readFileSync(join(directory, "log"), "utf8").trim().split("\n");
  const processes = lines.filter((_, index) => index % 2 === 0).map((line) => line.slice("in ".length));
  expect(lines).toEqual(processes.flatMap((name) => [`in ${name}`, `out ${name}`]));
  expect(processes.sort()).toEqual(["a", "b", "c", "d"]);
});

test("leaves no file behind when released", async () => {
  await lockInProcess("a");
  expect(readdirSync(directory)).toEqual(["log"]);
});

test("is taken over by one waiting process at a time after its holder was killed", async () => {
  const { pid, host } = (await evaluate(
    "setup/paths.mjs",
    `import("node:os").then((os) => ({ pid: process.pid, host: os.hostname() }))`,
  )) as { pid: number; host: string };
  mkdirSync(join(directory, "it.lock"));
  writeFileSync(join(directory, "it.lock", "holder.json"), JSON.stringify({ id: "dead", pid, host }));
  await Promise.all(["a", "b", "c"].map(lockInProcess));
  const lines = readFileSync(join(directory, "log"), "utf8").trim().split("\n");
  expect(lines.map((line) => line.split(" ")[0])).toEqual(["in", "out", "in", "out", "in", "out"]);
});

test("says which variables to set if the cache is not writable", async () => {
  writeFileSync(join(directory, "file"), "");
  const lock = JSON.stringify(join(directory, "file", "cache", "it.lock"));
  const message = evaluate(
    "setup/lock.mjs",
    `m.withLock(${lock}, "testing", () => {}).catch((error) => error.message)`,
  );
  expect(await message).toContain("Set XDG_CACHE_HOME, and npm_config_cache for npm, to directories");
});
