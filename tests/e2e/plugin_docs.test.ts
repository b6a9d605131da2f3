import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { dump, load } from "js-yaml";
import { type Emulator, startEmulator } from "../emulated";
import { end } from "./end";
import { installPlugin } from "./installed_plugin";
import { inLanguage, typescript, yaml } from "./plugin_programs";
import { UserProgram } from "./user_program";

/** The examples in the descriptions of schema.json, which show in editors, in the SDKs and in the pages of docs/. */

jest.setTimeout(300_000);

const folder = resolve(__dirname, "../../docs/examples/plugin");
const filesOf = (ending: string) => readdirSync(folder).filter((file) => file.endsWith(ending));
const read = (file: string) => readFileSync(join(folder, file), "utf8");

let emulator: Emulator;
let program: UserProgram;

beforeEach(async () => {
  emulator = await startEmulator({ operationMs: 0, zones: ["ch-gva-2"] });
  program = UserProgram.create(emulator, { PULUMI_NODEJS_TRANSPILE_ONLY: "false" });
  installPlugin(join(program.directory, "home"));
});

afterEach(async () => await end(program, emulator));

/** What the examples export, once they are deployed as one program. */
const outputs = {
  alicePrivateKey: expect.stringContaining("BEGIN OPENSSH PRIVATE KEY"),
  aliceFingerprint: expect.stringMatching(/^SHA256:/),
  frankFingerprint: expect.stringMatching(/^SHA256:/),
  login: expect.stringMatching(/^ssh -p \d+ debian@127\./),
  loginAs: "debian",
  memory: expect.any(Number),
  registeredFingerprint: expect.stringMatching(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/),
  whoHasDave: [],
  zones: ["ch-gva-2"],
};

async function runOnce(): Promise<void> {
  expect(await program.up()).toMatchObject(outputs);
  await program.expectNoChanges();
  await program.destroy();
  expect(emulator.cloud.keys).toEqual([]);
}

inLanguage(yaml, "that is made of every documented example runs, and has nothing to change then", async () => {
  const parts = filesOf(".yaml").map((file) => load(read(file)) as Record<string, object>);
  const merged = Object.fromEntries(
    ["resources", "variables", "outputs"].map((section) => [
      section,
      Object.assign({}, ...parts.map((part) => part[section])),
    ]),
  );
  program.write("Pulumi.yaml", dump({ name: "docs", runtime: "yaml", ...merged }));
  await runOnce();
});

inLanguage(typescript, "that is made of every documented example runs, and has nothing to change then", async () => {
  program.copyExample("plugin-typescript");
  for (const file of filesOf(".ts")) program.write(file, read(file));
  const modules = filesOf(".ts").map((file) => file.replace(/\.ts$/, ""));
  program.write("index.ts", modules.map((name) => `export * from "./${name}";\n`).join(""));
  await typescript.install(program);
  await runOnce();
});
