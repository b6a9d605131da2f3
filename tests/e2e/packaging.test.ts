import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Emulator, startEmulator } from "../emulated";
import { InstalledProgram } from "./installed_program";

const root = resolve(__dirname, "../..");
const installing = 240_000;
const running = 120_000;
jest.setTimeout(running);

let emulator: Emulator;
let program: InstalledProgram;
beforeAll(async () => {
  emulator = await startEmulator({ operationMs: 0, guests: "none" });
  program = await InstalledProgram.create(emulator);
}, installing);
afterAll(async () => {
  program?.dispose();
  await emulator.close();
});

describe("What npm packs", () => {
  test("is the compiled provider and emulator, the schema and the documents, and nothing else", () => {
    const shipped =
      /^(dist\/(provider|emulator)\/.*\.(js|d\.ts)|schema\.json|README\.md|LICENSE|CHANGELOG\.md|package\.json)$/;
    expect(program.packed.files.filter((file) => !shipped.test(file))).toEqual([]);
  });

  test("has every file that the package's manifest or a state refers to", () => {
    const main = ["dist/provider/index.js", "dist/provider/index.d.ts"];
    const others = ["dist/provider/dynamic/impl.js", "dist/emulator/cli.js", "schema.json", "LICENSE", "README.md"];
    expect(program.packed.files).toEqual(expect.arrayContaining([...main, ...others]));
  });

  test("refers to no source map that is absent", () => {
    const scripts = program.packed.files.filter((file) => file.endsWith(".js"));
    const withMap = scripts.filter((file) =>
      readFileSync(join(installed(), file), "utf8").includes("sourceMappingURL"),
    );
    expect(withMap).toEqual([]);
  });

  test("has a schema that Pulumi finds nothing wrong with", async () => {
    await expect(program.run("pulumi", "schema", "check", join(installed(), "schema.json"))).resolves.toBe("");
  });
});

describe("The installed package", () => {
  test("is imported by name from a program of ES modules", async () => {
    const names = ["SshKeyPair", "Instance", "allowSsh"].join(", ");
    program.write("esm/package.json", '{ "type": "module" }');
    program.write(
      "esm/index.mjs",
      `import { ${names} } from "pulumi-exoscale-ssh";\nconsole.log([${names}].map((each) => typeof each).join());`,
    );
    expect(await program.run("node", "esm/index.mjs")).toBe("function,function,function\n");
  });

  test.each([
    ["today's", { module: "nodenext", moduleResolution: "nodenext" }],
    ["older", { module: "commonjs", moduleResolution: "node10" }],
  ])("has types that a strict TypeScript program can use, with the settings of %s templates", async (_, modules) => {
    const compilerOptions = { strict: true, target: "es2020", noEmit: true, types: [], ...modules };
    program.write("typed/index.ts", typedProgram);
    program.write("typed/tsconfig.json", JSON.stringify({ compilerOptions, files: ["index.ts"] }));
    await program.run("node", join(root, "node_modules/typescript/bin/tsc"), "-p", "typed");
  });

  test("starts the emulator's command, which explains itself", async () => {
    const help = await program.run("npx", "--no", "pulumi-exoscale-ssh", "emulator", "--help");
    expect(help).toMatch(/^Usage: pulumi-exoscale-ssh emulator/);
  });

  test("makes a key, finds nothing to change after it, and removes it, under the real engine", async () => {
    program.write("Pulumi.yaml", "name: shop\nruntime: nodejs\n");
    program.write("index.js", jsProgram);
    await program.run("pulumi", "stack", "init", "test");
    await program.run("pulumi", "up", ...unattended, "--skip-preview");
    const [key] = emulator.cloud.keys.map(({ name }) => name);
    expect((await program.run("pulumi", "stack", "output", "name")).trim()).toBe(key);
    expect(await storedText()).toBe(readFileSync(join(root, "tests/dynamic/golden/sshKeyPairProvider.txt"), "utf8"));
    await program.run("pulumi", "preview", "--non-interactive", "--expect-no-changes");
    const privateKey = await program.run("pulumi", "stack", "output", "privateKey", "--show-secrets");
    expect(privateKey).toContain("BEGIN OPENSSH PRIVATE KEY");
    await program.run("pulumi", "destroy", ...unattended, "--skip-preview");
    expect(emulator.cloud.keys).toEqual([]);
    expect(program.leaks([privateKey, emulator.environment.EXOSCALE_API_SECRET])).toEqual([]);
  });
});

const unattended = ["--yes", "--non-interactive"];

const jsProgram = `
const { SshKeyPair } = require("pulumi-exoscale-ssh");
const alice = new SshKeyPair("alice");
exports.name = alice.name;
exports.privateKey = alice.privateKeyOpenssh;
`;

const typedProgram = `
import { allowSsh, getZones, Instance, type InstanceArgs, SecurityGroup, SshKeyPair } from "pulumi-exoscale-ssh";
const group = new SecurityGroup("ssh", { rules: allowSsh("192.0.2.0/24") });
const machine: InstanceArgs = { zone: "ch-gva-2", type: "standard.tiny", template: "Linux Debian 13", diskSize: 10 };
const web = new Instance("web", { ...machine, sshKeys: [new SshKeyPair("alice")], securityGroups: [group] });
export const login = web.sshCommand;
export const zones = getZones();
`;

function installed(): string {
  return join(program.path, "node_modules/pulumi-exoscale-ssh");
}

/** What the state holds as the provider of the key. */
async function storedText(): Promise<unknown> {
  const { deployment } = JSON.parse(await program.run("pulumi", "stack", "export"));
  const resources: { type: string; inputs: Record<string, unknown> }[] = deployment.resources;
  return resources.find(({ type }) => type.endsWith(":SshKeyPair"))?.inputs["__provider"];
}
