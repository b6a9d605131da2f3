import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Emulator, startEmulator } from "../emulated";
import { packageManagers } from "./package_managers";
import { type PackedPackage, packPackage } from "./packed_package";
import { UserProgram } from "./user_program";

const root = resolve(__dirname, "../..");
const installing = 240_000;
const running = 120_000;
jest.setTimeout(running);

let emulator: Emulator;
let packed: PackedPackage;
let program: UserProgram;
beforeAll(async () => {
  emulator = await startEmulator({ operationMs: 0, guests: "none" });
  packed = await packPackage();
  program = UserProgram.create(emulator);
  await packageManagers.npm(program, packed.tarball);
}, installing);
afterAll(async () => {
  program?.dispose();
  packed?.dispose();
  await emulator.close();
});

describe("The packed package", () => {
  test("contains the compiled provider, plugin and emulator, the schema and the documents, and nothing else", () => {
    const shipped =
      /^(dist\/(provider(?!\/plugin)|emulator)\/.*\.(js|d\.ts)|dist\/plugin\/(pulumi-resource-exoscale-ssh|plugin\.cjs|THIRD_PARTY_NOTICES\.txt)|docs\/.*\.(md|svg)|schema\.json|README\.md|LICENSE|CHANGELOG\.md|package\.json)$/;
    expect(packed.files.filter((file) => !shipped.test(file))).toEqual([]);
  });

  test("contains every file that the manifest or a state refers to", () => {
    const main = ["dist/provider/index.js", "dist/provider/index.d.ts"];
    const others = ["dist/provider/dynamic/impl.js", "dist/emulator/cli.js", "schema.json", "LICENSE", "README.md"];
    const plugin = ["dist/plugin/pulumi-resource-exoscale-ssh", "dist/plugin/plugin.cjs"];
    expect(packed.files).toEqual(expect.arrayContaining([...main, ...others, ...plugin]));
  });

  test("refers to no missing source map", () => {
    const scripts = packed.files.filter((file) => file.endsWith(".js"));
    const withMap = scripts.filter((file) =>
      readFileSync(join(installed(), file), "utf8").includes("sourceMappingURL"),
    );
    expect(withMap).toEqual([]);
  });

  test("has a schema in which Pulumi finds no fault", async () => {
    await expect(program.run("pulumi", "schema", "check", join(installed(), "schema.json"))).resolves.toBe("");
  });
});

describe("The installed package", () => {
  test("can be imported by name in an ES module", async () => {
    const names = ["SshKeyPair", "Instance", "allowSsh"].join(", ");
    program.write("esm/package.json", '{ "type": "module" }');
    program.write(
      "esm/index.mjs",
      `import { ${names} } from "pulumi-exoscale-ssh";\nconsole.log([${names}].map((each) => typeof each).join());`,
    );
    expect(await program.run("node", "esm/index.mjs")).toBe("function,function,function\n");
  });

  test.each([
    ["current", { module: "nodenext", moduleResolution: "nodenext" }],
    ["older", { module: "commonjs", moduleResolution: "node10" }],
  ])("has types that a strict TypeScript program can use, with the settings of %s templates", async (_, modules) => {
    const compilerOptions = { strict: true, target: "es2020", noEmit: true, types: [], ...modules };
    program.write("typed/index.ts", typedProgram);
    program.write("typed/tsconfig.json", JSON.stringify({ compilerOptions, files: ["index.ts"] }));
    await program.run("node", join(root, "node_modules/typescript/bin/tsc"), "-p", "typed");
  });

  test("has the emulator's command, which prints its usage", async () => {
    const help = await program.run("npx", "--no", "pulumi-exoscale-ssh", "emulator", "--help");
    expect(help).toMatch(/^Usage: pulumi-exoscale-ssh emulator/);
  });
});

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
