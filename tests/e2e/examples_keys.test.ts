import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../emulated";
import { end } from "./end";
import { publicKeyOf } from "./key_files";
import { UserProgram } from "./user_program";

/** The examples that register keys and create no instance. */

jest.setTimeout(240_000);

let emulator: Emulator;
let program: UserProgram;
/** The folder with keys that ssh-keygen made. */
let keys: string;

beforeAll(() => {
  keys = mkdtempSync(join(tmpdir(), "exoscale-ssh-keys-"));
});

afterAll(() => rmSync(keys, { recursive: true, force: true }));

beforeEach(async () => {
  emulator = await startEmulator({ operationMs: 0, guests: "none", zones: ["ch-gva-2"] });
  program = UserProgram.create(emulator);
});

afterEach(async () => await end(program, emulator));

const keyNames = () => emulator.cloud.keys.map(({ name }) => name);

test("import-public-key registers a key of ssh-keygen and shows the fingerprints that ssh-keygen shows", async () => {
  program.useExample("import-public-key");
  const alice = await publicKeyOf(join(keys, "alice"));
  await program.configure("publicKey", alice.line);
  const outputs = await program.up();
  expect(outputs).toMatchObject({ sha256: alice.sha256, md5: alice.md5 });
  expect(emulator.cloud.keys).toMatchObject([{ name: outputs["name"], fingerprint: alice.md5 }]);
  expect(program.state()["alice"]?.outputs).not.toHaveProperty("privateKeyOpenssh");
  await program.expectNoChanges();
  await program.destroy();
  expect(keyNames()).toEqual([]);
});

describe("adopt-existing-key, with a key that the account has", () => {
  beforeEach(async () => {
    program.useExample("adopt-existing-key");
    const robot = await publicKeyOf(join(keys, "robot"));
    emulator.cloud.swapKey("robot", robot.line);
    await program.configure("name", "robot");
    await program.configure("publicKey", robot.line);
  });

  test("registers no second key, and deletes the key with the stack", async () => {
    const outputs = await program.up();
    expect(outputs["inTheAccount"]).toBe(outputs["inThisProgram"]);
    expect(keyNames()).toEqual(["robot"]);
    await program.expectNoChanges();
    await program.destroy();
    expect(keyNames()).toEqual([]);
  });

  test("leaves the key in the account if the configuration says keep", async () => {
    await program.configure("keep", "true");
    await program.up();
    await program.expectNoChanges();
    await program.destroy();
    expect(keyNames()).toEqual(["robot"]);
  });
});
