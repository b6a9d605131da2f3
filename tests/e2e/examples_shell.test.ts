import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";

/** The shell that `npm run examples` opens after the set-up. */
const shell = resolve(__dirname, "../../tools/examples/main.mjs");

jest.setTimeout(180_000);

/** Types lines into the shell. @returns what it printed on standard output */
async function type(...lines: string[]): Promise<string> {
  const child = spawn(process.execPath, [shell], { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(lines.map((line) => `${line}\n`).join(""));
  const [printed, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(`${printed}${errors}`).not.toContain("PRIVATE KEY");
  return printed;
}

test("the shell of the examples deploys one of them, prints no secret, and leaves nothing behind", async () => {
  const printed = await type(
    "cd import-public-key && ssh-keygen -q -t ed25519 -N '' -f me",
    "pulumi stack init dev 2>/dev/null",
    'pulumi config set publicKey "$(cat me.pub)"',
    "pulumi up --yes --skip-preview >/dev/null",
    'echo "was in $PWD"',
    "pulumi stack output sha256",
    "ssh-keygen -l -f me.pub | cut -d ' ' -f 2",
  );
  const [place = "", shown, calculated] = printed.trim().split("\n").slice(-3);
  expect(shown).toMatch(/^SHA256:/);
  expect(shown).toBe(calculated);
  expect(existsSync(place.replace("was in ", ""))).toBe(false);
});
