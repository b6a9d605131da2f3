import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { pulumiSdk } from "./node_modules";

/** The program that `npm start` runs after the set-up. */
const demo = resolve(__dirname, "../../tools/demo/main.mjs");

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
  expect(printed).toContain(
    "No. Deleting a key from an Exoscale account does not take it off the machines that have it.",
  );
  expect(printed).toMatch(
    /Alice's new key: "Alice is in", says the machine .*\n {3}Alice's old key: "Permission denied \(publickey\)"/,
  );
  expect(printed).toMatch(
    /Bob's key: "Permission denied \(publickey\)"\.\n.*Yes\. The provider took his key off the machine/,
  );
  expect(`${printed}${errors}`).not.toMatch(/PRIVATE KEY|b3BlbnNzaC1rZXktdjE/);
  expect(readdirSync(temporary)).toEqual([]);
});
