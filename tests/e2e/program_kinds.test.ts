import { type Emulator, startEmulator } from "../emulated";
import { end } from "./end";
import { layOutPackages } from "./node_modules";
import { UserProgram } from "./user_program";

/** The kinds of programs: TypeScript and JavaScript, CommonJS and ES modules, from the first up to destroy. */

jest.setTimeout(180_000);

let emulator: Emulator;
let program: UserProgram;

beforeEach(async () => {
  emulator = await startEmulator({ operationMs: 0, guests: "none", zones: ["ch-gva-2"] });
  program = UserProgram.create(emulator, { PULUMI_NODEJS_TRANSPILE_ONLY: "false" });
  layOutPackages(program.path);
});

afterEach(async () => await end(program, emulator));

const commonjs = `
const { SshKeyPair } = require("pulumi-exoscale-ssh");
const alice = new SshKeyPair("alice");
exports.name = alice.name;
exports.privateKey = alice.privateKeyOpenssh;
`;

/** Calls a function at the top level. Only ES modules can await there. */
const esModule = `
import { getZones, SshKeyPair } from "pulumi-exoscale-ssh";
const { zones } = await getZones();
const alice = new SshKeyPair("alice", { comment: zones.join() });
export const name = alice.name;
export const privateKey = alice.privateKeyOpenssh;
`;

const typed = `
import type { Output } from "@pulumi/pulumi";
import { SshKeyPair, type SshKeyPairArgs } from "pulumi-exoscale-ssh";
const args: SshKeyPairArgs = { algorithm: "ed25519" };
const alice = new SshKeyPair("alice", args);
export const name: Output<string> = alice.name;
export const privateKey = alice.privateKeyOpenssh;
`;

const nodenext = JSON.stringify({
  compilerOptions: { strict: true, target: "es2022", module: "nodenext", moduleResolution: "nodenext", types: [] },
});

test.each([
  ["JavaScript in CommonJS", { "index.js": commonjs, "package.json": "{}" }, "nodejs"],
  ["JavaScript in ES modules", { "index.js": esModule, "package.json": '{ "type": "module" }' }, "nodejs"],
  [
    "TypeScript in CommonJS, compiled by Pulumi",
    { "index.ts": typed, "package.json": '{ "main": "index.ts" }', "tsconfig.json": nodenext },
    "nodejs",
  ],
  [
    "TypeScript in ES modules, run by Node itself",
    { "index.ts": esModule, "package.json": '{ "type": "module", "main": "index.ts" }' },
    "{ name: nodejs, options: { typescript: false } }",
  ],
])("a program of %s creates a key, finds nothing to change, and removes it", async (_, files, runtime) => {
  program.write("Pulumi.yaml", `name: shop\nruntime: ${runtime}\n`);
  for (const [file, text] of Object.entries(files)) program.write(file, text);
  const { name, privateKey } = await program.up();
  expect(emulator.cloud.keys).toMatchObject([{ name }]);
  expect(privateKey).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----/);
  await program.expectNoChanges();
  await program.refresh();
  await program.destroy();
  expect(emulator.cloud.keys).toEqual([]);
});
