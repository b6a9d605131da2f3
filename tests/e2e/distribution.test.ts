import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";
import { type Emulator, startEmulator } from "../emulated";
import { end } from "./end";
import { logIn } from "./login";
import { packageManagers } from "./package_managers";
import { secondCheckout } from "./second_checkout";
import { UserProgram } from "./user_program";

/** The output of `npm run dist`: the plugin as an npm package, and as an executable that needs no Node. */

const root = resolve(__dirname, "../..");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
const isLinux = process.platform === "linux";
const plugin = "pulumi-resource-exoscale-ssh";
/** Other systems build the executable for Linux, but do not run it. */
const system = isLinux && process.arch === "arm64" ? "linux-arm64" : "linux-amd64";
/** Not the folder of the checkout: it may contain a release that a maintainer will publish. */
const release = mkdtempSync(join(tmpdir(), "exoscale-ssh-release-"));
const tarball = join(release, `pulumi-exoscale-ssh-${version}.tgz`);
const executable = join(release, `${plugin}-v${version}-${system}.tar.gz`);

jest.setTimeout(300_000);
beforeAll(async () => {
  await promisify(execFile)(process.execPath, ["tools/dist/main.mjs", "--into", release, system], { cwd: root });
});
afterAll(() => rmSync(release, { recursive: true }));

describe("The output of npm run dist", () => {
  test("is byte for byte the same from another folder with another umask", async () => {
    const elsewhere = secondCheckout();
    const command = [process.execPath, "tools/dist.mjs", system];
    await promisify(execFile)("/bin/sh", ["-c", 'umask 077; exec "$@"', "sh", ...command], {
      cwd: elsewhere,
      env: { ...process.env, TZ: "Asia/Tokyo" },
    });
    const folders = [release, join(elsewhere, "release")];
    const [first, second] = folders.map((folder) => readFileSync(join(folder, "SHA256SUMS"), "utf8"));
    rmSync(elsewhere, { recursive: true });
    expect(first).toContain(`${system}.tar.gz`);
    expect(second).toBe(first);
  });
});

let emulator: Emulator;
let program: UserProgram;
/** A folder with only what a test needs on PATH. */
let programs: string;
beforeEach(async () => {
  emulator = await startEmulator({ operationMs: 0, zones: ["ch-gva-2"] });
  programs = mkdtempSync(join(tmpdir(), "exoscale-ssh-programs-"));
});
afterEach(async () => {
  rmSync(programs, { recursive: true });
  await end(program, emulator);
});

const withYaml = onPath("pulumi-language-yaml") ? test : test.skip;

describe("The executable", () => {
  (isLinux ? test : test.skip)("heeds no NODE_OPTIONS, which are meant for the user's own programs", async () => {
    program = UserProgram.create(emulator);
    await program.run("tar", "-xzf", executable, "-C", programs);
    const env = { NODE_OPTIONS: "--require nowhere" };
    await expect(program.runWith({ env }, "node", "-e", "0")).rejects.toThrow("Cannot find module 'nowhere'");
    const schema = await program.runWith({ env }, "pulumi", "package", "get-schema", join(programs, plugin));
    expect(JSON.parse(schema)).toMatchObject({ name: "exoscale-ssh", version });
  });

  (isLinux ? withYaml : test.skip)(
    "runs a YAML program on a machine without Node, from the first login to destroy",
    async () => {
      program = UserProgram.create(emulator, { PATH: programs });
      for (const name of ["pulumi", "pulumi-language-yaml"]) symlinkSync(onPath(name) ?? "", join(programs, name));
      await expect(program.run("node", "--version")).rejects.toMatchObject({ cause: { code: "ENOENT" } });
      await program.run("pulumi", "plugin", "install", "resource", "exoscale-ssh", `v${version}`, "--file", executable);
      await livesAndDies();
    },
  );
});

describe("The plugin of the npm package", () => {
  withYaml("runs a YAML program when npm has installed it and its programs are on PATH", async () => {
    program = UserProgram.create(emulator, { PATH: [join(programs, ".bin"), process.env["PATH"]].join(delimiter) });
    await packageManagers.npm(program, tarball);
    symlinkSync(join(program.path, "node_modules/.bin"), join(programs, ".bin"));
    await livesAndDies();
  });

  test.each(["npm", "pnpm", "yarn"] as const)(
    "starts from where %s installed it, below a folder with a space",
    async (name) => {
      program = UserProgram.create(emulator);
      await packageManagers[name](program, tarball);
      mkdirSync(join(program.path, "a folder"));
      renameSync(join(program.path, "node_modules"), join(program.path, "a folder/node_modules"));
      const launcher = "./a folder/node_modules/.bin/pulumi-resource-exoscale-ssh";
      const schema = await program.run("pulumi", "package", "get-schema", launcher);
      expect(JSON.parse(schema)).toMatchObject({ name: "exoscale-ssh", version });
    },
  );

  test("names the required version of Node if it finds an older one", async () => {
    program = UserProgram.create(emulator);
    program.write("old.cjs", 'Object.defineProperty(process, "versions", { value: { node: "20.20.2" } });');
    const launcher = join(root, "dist/plugin", plugin);
    const started = program.run("node", "--require", "./old.cjs", launcher);
    await expect(started).rejects.toThrow("needs Node 22 or newer, and the `node` that is first on PATH is 20.20.2");
  });
});

async function livesAndDies(): Promise<void> {
  program.write("Pulumi.yaml", yamlProgram);
  const { instance, sshCommand, knownHosts, privateKey } = await program.up();
  expect(await logIn({ privateKey, sshCommand, knownHosts }, "hostname")).toBe(instance);
  await program.expectNoChanges();
  await program.destroy();
  expect([emulator.cloud.keys, emulator.cloud.instances()]).toEqual([[], []]);
}

const yamlProgram = `
name: shop
runtime: yaml
resources:
  alice: { type: "exoscale-ssh:SshKeyPair" }
  ssh:
    type: exoscale-ssh:SecurityGroup
    properties: { rules: [{ protocol: tcp, startPort: 22, network: 0.0.0.0/0 }] }
  web:
    type: exoscale-ssh:Instance
    properties:
      zone: ch-gva-2
      type: standard.tiny
      template: Linux Debian 13
      diskSize: 10
      sshKeys: [{ name: "\${alice.name}", publicKeyOpenssh: "\${alice.publicKeyOpenssh}" }]
      securityGroups: ["\${ssh.name}"]
      connection: { privateKey: "\${alice.privateKeyOpenssh}" }
      waitForSsh: true
outputs:
  instance: \${web.name}
  sshCommand: \${web.sshCommand}
  knownHosts: \${web.knownHosts}
  privateKey: \${alice.privateKeyOpenssh}
`;

function onPath(name: string): string | undefined {
  const files = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, name));
  return files.find((file) => existsSync(file));
}
