import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluate } from "./evaluate";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "lock-test-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A process that notes when it comes in and goes out. */
function visit(name: string) {
  const [lock, log] = [join(directory, "it.lock"), join(directory, "log")].map((path) => JSON.stringify(path));
  const note = (what: string) => `fs.appendFileSync(${log}, "${what} ${name}\\n")`;
  const work = `async () => { ${note("in")}; await new Promise((r) => setTimeout(r, 100)); ${note("out")}; }`;
  return evaluate("setup/lock.mjs", `import("node:fs").then((fs) => m.withLock(${lock}, "testing", ${work}))`);
}

test("lets one of four processes at a time do its work", async () => {
  await Promise.all(["a", "b", "c", "d"].map(visit));
  const lines = readFileSync(join(directory, "log"), "utf8").trim().split("\n");
  const visitors = lines.filter((_, index) => index % 2 === 0).map((line) => line.slice("in ".length));
  expect(lines).toEqual(visitors.flatMap((name) => [`in ${name}`, `out ${name}`]));
  expect(visitors.sort()).toEqual(["a", "b", "c", "d"]);
});

test("leaves nothing but the work behind when released", async () => {
  await visit("a");
  expect(readdirSync(directory)).toEqual(["log"]);
});

test("is taken over by one of several waiting when its holder was killed", async () => {
  const { pid, host } = (await evaluate(
    "setup/paths.mjs",
    `import("node:os").then((os) => ({ pid: process.pid, host: os.hostname() }))`,
  )) as { pid: number; host: string };
  mkdirSync(join(directory, "it.lock"));
  writeFileSync(join(directory, "it.lock", "holder.json"), JSON.stringify({ id: "dead", pid, host }));
  await Promise.all(["a", "b", "c"].map(visit));
  const lines = readFileSync(join(directory, "log"), "utf8").trim().split("\n");
  expect(lines.map((line) => line.split(" ")[0])).toEqual(["in", "out", "in", "out", "in", "out"]);
});

test("says what to set where nothing can be written to the cache", async () => {
  writeFileSync(join(directory, "file"), "");
  const lock = JSON.stringify(join(directory, "file", "cache", "it.lock"));
  const message = evaluate(
    "setup/lock.mjs",
    `m.withLock(${lock}, "testing", () => {}).catch((error) => error.message)`,
  );
  expect(await message).toContain("Set XDG_CACHE_HOME, and npm_config_cache for npm, to directories");
});
