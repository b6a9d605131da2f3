import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Emulator, startEmulator } from "../emulated";
import { end } from "./end";
import { packageManagers } from "./package_managers";
import { type PackedPackage, packPackage } from "./packed_package";
import { UserProgram } from "./user_program";

const golden = readFileSync(resolve(__dirname, "../dynamic/golden/sshKeyPairProvider.txt"), "utf8");

// An installation may have to download everything.
jest.setTimeout(300_000);

let emulator: Emulator;
let packed: PackedPackage;
let program: UserProgram;

beforeAll(async () => {
  packed = await packPackage();
});

afterAll(() => packed?.dispose());

beforeEach(async () => {
  emulator = await startEmulator({ operationMs: 0, guests: "none", zones: ["ch-gva-2"] });
  program = UserProgram.create(emulator);
});

afterEach(async () => await end(program, emulator));

test.each(["npm", "pnpm", "yarn"] as const)(
  "the package that %s installed creates a key and removes it",
  async (manager) => {
    await packageManagers[manager](program, packed.tarball);
    program.write("Pulumi.yaml", "name: shop\nruntime: nodejs\n");
    program.write("index.js", jsProgram);
    const { name } = await program.up();
    expect(emulator.cloud.keys).toMatchObject([{ name }]);
    // The text is always the same: it has no path, no version, and nothing that an upgrade could change.
    expect(program.state()["alice"]?.inputs["__provider"]).toBe(golden);
    if (manager === "npm") {
      await program.expectNoChanges();
      await program.refresh();
    }
    await program.destroy();
    expect(emulator.cloud.keys).toEqual([]);
  },
);

const jsProgram = `
const { SshKeyPair } = require("pulumi-exoscale-ssh");
const alice = new SshKeyPair("alice");
exports.name = alice.name;
exports.privateKey = alice.privateKeyOpenssh;
`;
