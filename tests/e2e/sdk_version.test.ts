import { version as versionHere } from "@pulumi/pulumi/version";
import { type Emulator, startEmulator } from "../emulated";
import { end } from "./end";
import { layOutPackages } from "./node_modules";
import { UserProgram } from "./user_program";

/** The `@pulumi/pulumi` of the end-to-end tests. jest.config.js sets it. */
declare const sdkUnderTest: string;

jest.setTimeout(240_000);

let emulator: Emulator;
let program: UserProgram;

beforeAll(async () => {
  emulator = await startEmulator({ operationMs: 0, guests: "none", zones: ["ch-gva-2"] });
  program = UserProgram.create(emulator);
  layOutPackages(program.path);
});

afterAll(async () => await end(program, emulator));

test("the version under test runs the inline programs of the tests", () => {
  expect(versionHere).toBe(sdkUnderTest);
});

test("the version under test runs programs, dynamic providers, and this package in both", async () => {
  program.write("Pulumi.yaml", "name: shop\nruntime: nodejs\n");
  program.write("index.js", witness);
  const { inProgram, inProvider } = await program.up();
  const seen = { process: sdkUnderTest, ofOurPackage: sdkUnderTest };
  expect({ inProgram, inProvider }).toEqual({ inProgram: seen, inProvider: seen });
  await program.destroy();
});

/** Finds the version that runs the process, and the version that our package loads. */
const witness = `
const pulumi = require("@pulumi/pulumi");
const look = () => {
  const { createRequire } = require("node:module");
  const versionFor = (file) => createRequire(file)("@pulumi/pulumi/package.json").version;
  const script = require("node:fs").realpathSync(process.argv[1]);
  const [sdk] = script.match(/^.*@pulumi\\/pulumi\\//);
  return {
    process: createRequire(script)(sdk + "package.json").version,
    ofOurPackage: versionFor(require.resolve("pulumi-exoscale-ssh/dynamic/impl")),
  };
};
const provider = { create: async () => ({ id: "witness", outs: look() }) };
class Witness extends pulumi.dynamic.Resource {
  constructor() {
    super(provider, "witness", { process: undefined, ofOurPackage: undefined });
  }
}
const { process: inProcess, ofOurPackage } = new Witness();
exports.inProgram = look();
exports.inProvider = { process: inProcess, ofOurPackage };
`;
