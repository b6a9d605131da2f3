import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { load } from "js-yaml";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "ci-test-"));
  // Root of a Debian that has all else, and in which nothing is installed or tested.
  for (const each of ["ssh", "ssh-keygen", "sshd", "puttygen", "busybox", "mksh", "zsh", "fish", "tcsh", "python3"])
    addProgram(each, "");
  addProgram("id", "echo 0");
  addProgram("apt-get", `echo "$@" >>${directory}/asked`);
  addProgram("apt-cache", "printf 'golang-1.%s\\n' 9-go 99-go 99-src 19-go");
  addProgram("npm", `cat ${directory}/asked || true`);
});
afterEach(() => rmSync(directory, { recursive: true }));

function addProgram(name: string, script: string) {
  writeFileSync(join(directory, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(directory, name), 0o755);
}

const root = resolve(__dirname, "../..");
const run = (...args: string[]) =>
  promisify(execFile)(join(root, ".ci/run"), args, { env: { PATH: `${directory}:/usr/bin:/bin` } });

test("continuous integration takes the Go that is there where it is new enough", async () => {
  addProgram("go", "echo go1.21.0");
  expect(await run()).toEqual({ stdout: "", stderr: expect.not.stringContaining("WARNING") });
});

test("continuous integration asks for the newest Go where the one that is there is too old", async () => {
  addProgram("go", "echo go1.19.8");
  const { stdout, stderr } = await run();
  expect(stdout).toContain("install -qq -y --no-install-recommends golang-go golang-1.99-go\n");
  expect(stderr).toContain("there is no Go 1.21 or newer");
});

test("continuous integration runs what npm test leaves out after it, and counts both", async () => {
  addProgram("go", "echo go1.21.0");
  addProgram("npm", 'echo "$@"');
  const { stdout } = await run();
  expect(stdout).toMatch(/^test --silent -- --tally (\S+)\nrun --silent test:all -- --rest --tally \1\n$/);
});

test("continuous integration fails when the first of both fails, and still runs the second", async () => {
  addProgram("go", "echo go1.21.0");
  addProgram("npm", 'echo "$1"; [ "$1" != test ]');
  await expect(run()).rejects.toMatchObject({ code: 1, stdout: "test\nrun\n" });
});

test("continuous integration runs one command of npm where it is told which", async () => {
  addProgram("go", "echo go1.21.0");
  addProgram("npm", 'echo "$@"');
  expect((await run("run", "test:all", "--", "--shard", "1/4")).stdout).toBe("run test:all -- --shard 1/4\n");
});

describe("The workflow", () => {
  interface Workflow {
    readonly jobs: Record<string, { readonly steps: readonly { readonly uses?: string; readonly run?: string }[] }>;
  }
  const folder = join(root, ".github/workflows");
  const steps = (file: string) =>
    Object.values((load(readFileSync(join(folder, file), "utf8")) as Workflow).jobs).flatMap((job) => job.steps);

  test.each(["test.yml", "nightly.yml"])(
    "%s runs the tests on Node 24, as .ci/run does, with pinned actions",
    (file) => {
      expect(steps(file)).toContainEqual(
        expect.objectContaining({ with: expect.objectContaining({ "node-version": 24 }) }),
      );
      expect(steps(file)).toContainEqual({ run: expect.stringContaining(".ci/run ") });
      for (const { uses } of steps(file)) expect(uses ?? "none@v1").toMatch(/@v\d+$/);
    },
  );
});
