import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { pulumiSdk } from "./node_modules";

/** The program that `npm start` runs after the set-up. */
const demo = resolve(__dirname, "../../tools/demo/main.mjs");

const readme = resolve(__dirname, "../../README.md");

jest.setTimeout(300_000);

/** A path with characters that OpenSSH and URLs interpret, and too long for the path of a socket. */
const temporary = mkdtempSync(join(tmpdir(), `a blank, 100%h, \${HOME} and ${"more ".repeat(20)}`));
// If root starts the test, the machines run as another user.
beforeAll(() => chmodSync(temporary, 0o755));
afterAll(() => rmSync(temporary, { recursive: true }));

test("the demo shows a deleted key that still opens its machine, a rotation and a revocation, and no secret", async () => {
  const env = { ...process.env, TMPDIR: temporary, PATH: [pulumiSdk, process.env["PATH"]].join(delimiter) };
  const child = spawn(process.execPath, [demo], { env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "exit");
  const [printed, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect([...(await ended), errors]).toEqual([0, null, ""]);
  expect(printed).toMatch(
    /5\. Is Bob locked out\?\n\n +web-\w+\n {3}Alice +gets in\n {3}Bob +gets in\n\n {3}No\. Deleting a key/,
  );
  expect(printed).toMatch(
    /Alice's new key: "Alice is in", says the machine .*\n {3}Alice's old key: "Permission denied \(publickey\)"/,
  );
  expect(printed).toMatch(
    /7\. Is Bob locked out now\?\n\n +web-\w+\n {3}Alice +gets in\n {3}Bob +refused\n\n {3}Yes\. The provider took his key off/,
  );
  expect(printed).toMatch(/^Next: npm run examples/m);
  expect(printed.split("\n").filter((line) => line.length > 80)).toEqual([]);
  const lines = excerptOfReadme();
  expect(
    missing(
      lines.filter((line) => !isOfProvider(line)),
      printed.split("\n"),
    ),
  ).toEqual([]);
  const all = new Set(printed.split("\n").map(mask));
  expect(lines.filter((line) => isOfProvider(line) && !all.has(mask(line)))).toEqual([]);
  expect(`${printed}${errors}`).not.toMatch(/PRIVATE KEY|b3BlbnNzaC1rZXktdjE/);
  expect(readdirSync(temporary)).toEqual([]);
});

/** The lines of the demo that README.md shows. */
function excerptOfReadme(): string[] {
  const [, excerpt = ""] = /An excerpt:\n\n```text\n([\s\S]*?)```/.exec(readFileSync(readme, "utf8")) ?? [];
  return excerpt.split("\n").filter((line) => line !== "");
}

/** The provider's lines are indented further. Several resources may say theirs at once, in any order. */
const isOfProvider = (line: string) => line.startsWith("     ");

/** The lines that are not among the others in their order, names and ports apart. */
function missing(lines: readonly string[], others: readonly string[]): string[] {
  const masked = others.map(mask);
  let at = 0;
  return lines.filter((line) => {
    const found = masked.indexOf(mask(line), at);
    at = Math.max(at, found + 1);
    return found < 0;
  });
}

const mask = (line: string) =>
  line
    .replace(/-[0-9a-f]{7}\b/g, "-NAME")
    .replace(/-p \d+/, "-p PORT")
    .trimEnd();
