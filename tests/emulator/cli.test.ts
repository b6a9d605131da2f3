import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { commandIn, exportsOf, command as spawned } from "./command";

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

function command(...args: string[]): ChildProcess {
  return untilEnd(spawned(...args));
}

function untilEnd(child: ChildProcess): ChildProcess {
  children.push(child);
  return child;
}

async function outcome(running: ChildProcess) {
  let [stdout, stderr] = ["", ""];
  running.stdout?.on("data", (chunk) => {
    stdout += chunk;
  });
  running.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(running, "close");
  return { code, stdout, stderr };
}

test("prints four variables to export, logs requests, and ends cleanly on SIGTERM", async () => {
  const running = command("emulator", "--operation-ms", "0", "--zones", "ch-gva-2,at-vie-1");
  if (!running.stderr) throw new Error("no output");
  const lines = await exportsOf(running);
  const names = lines.map((line) => /^export (\w+)=\S+$/.exec(line)?.[1]);
  expect(names).toEqual(["EXOSCALE_API_KEY", "EXOSCALE_API_SECRET", "EXOSCALE_API_ENDPOINT", "EXOSCALE_SSH_PORT"]);
  await fetch(`${lines[2]?.split("=")[1]}/zone`);
  const [logged] = await once(createInterface(running.stderr), "line");
  expect(logged).toMatch(/GET {4}\/v2\/zone 200 \d+ ms ch-gva-2$/);
  running.kill("SIGTERM");
  expect((await once(running, "close"))[0]).toBe(0);
});

test("prints its usage with --help", async () => {
  const { code, stdout } = await outcome(command("--help"));
  expect(code).toBe(0);
  expect(stdout).toContain("Usage: pulumi-exoscale-ssh emulator [options]");
  expect(stdout).toMatch(/^ {2}deletedKeys=listed\|dropped\|by-name +\(default: listed\)$/m);
});

test("applies settings of --set, which may be given several times", async () => {
  const settings = ["--set", "clockAhead=86400", "--set", "requestsPerSecond=5"];
  const lines = await exportsOf(command("emulator", "--zones", "ch-gva-2", ...settings));
  const { headers } = await fetch(`${lines[2]?.split("=")[1]}/zone`);
  expect(Math.round((Date.parse(headers.get("date") ?? "") - Date.now()) / 3_600_000)).toBe(24);
});

test("changes the running emulator from another shell that has its variables", async () => {
  const before = { ...process.env };
  try {
    for (const line of await exportsOf(command("emulator", "--zones", "ch-gva-2", "--guests", "none"))) {
      const [, name = "", value = ""] = /^export (\w+)=(.*)$/.exec(line) ?? [];
      process.env[name] = value;
    }
    expect(await outcome(command("emulator", "open-ssh", "default"))).toMatchObject({
      code: 0,
      stdout: "default opens TCP 22.\n",
    });
    const refused = await outcome(command("emulator", "stop", "web"));
    expect(refused).toMatchObject({
      code: 1,
      stderr: 'pulumi-exoscale-ssh: There is no machine "web". There is none.\n',
    });
  } finally {
    process.env = before;
  }
});

test.each([
  [["emulator", "--prot", "1"], "Unknown option '--prot'"],
  [["emulator", "--port", "http"], '"http" is not a number from 0 to 65535'],
  [
    ["emulator", "--set", "deletedKeys=gone"],
    '--set "deletedKeys=gone" is not possible: deletedKeys is listed|dropped',
  ],
  [["emulator", "--set", "keys=2"], '--set "keys=2" is not a setting: give name=value, name one of deletedKeys'],
  [["emulator", "--guests", "docker"], "--guests is one of ssh2, sshd, none"],
  [["start"], 'unknown command "start"'],
  [["emulator", "explode"], 'unknown command "emulator explode"'],
  [["emulator", "stop"], "say: emulator stop MACHINE"],
  [[], "say what to run: pulumi-exoscale-ssh emulator"],
])("refuses the command line %j with a reason", async (args, reason) => {
  const { code, stderr } = await outcome(command(...args));
  expect(code).toBe(2);
  expect(stderr).toContain(reason);
});

test("removes the directory of a killed emulator, and not that of a running one", async () => {
  const own = await mkdtemp(join(tmpdir(), "emulator-cli-"));
  const startThere = () => untilEnd(commandIn(own, "emulator"));
  const killed = startThere();
  await exportsOf(killed);
  killed.kill("SIGKILL");
  await once(killed, "close");
  const left = await readdir(own);
  await Promise.all([startThere(), startThere()].map(exportsOf));
  const found = await readdir(own);
  await rm(own, { recursive: true });
  expect([left.length, found.length, found.filter((name) => left.includes(name))]).toEqual([1, 2, []]);
  // Three processes start, one after the other on a busy machine.
}, 120_000);
