import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";

/** What `npm start` runs, once everything is set up. */
const demo = resolve(__dirname, "../../tools/demo/main.mjs");

jest.setTimeout(300_000);

test("the demo shows that a deleted key still opens its machine, and prints no secret", async () => {
  const child = spawn(process.execPath, [demo], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "exit");
  const [printed, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(await ended).toEqual([0, null]);
  expect(printed).toContain(
    "No. Deleting a key from an Exoscale account does not take it off the machines that have it.",
  );
  expect(`${printed}${errors}`).not.toMatch(/PRIVATE KEY|b3BlbnNzaC1rZXktdjE/);
});
