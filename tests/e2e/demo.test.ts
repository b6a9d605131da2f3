import { spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { pulumiSdk } from "./node_modules";

/** What `npm start` runs, once everything is set up. */
const demo = resolve(__dirname, "../../tools/demo/main.mjs");

jest.setTimeout(300_000);

test("the demo shows a deleted key that still opens its machine, a rotation and a revocation, and no secret", async () => {
  const env = { ...process.env, PATH: [pulumiSdk, process.env["PATH"]].join(delimiter) };
  const child = spawn(process.execPath, [demo], { env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "exit");
  const [printed, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(await ended).toEqual([0, null]);
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
});
