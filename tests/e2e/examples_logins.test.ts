import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../emulated";
import { end } from "./end";
import { fingerprintOf, publicKeyOf } from "./key_files";
import { logIn } from "./login";
import { UserProgram } from "./user_program";

/** The examples that make instances: everybody who should get in does, with the real OpenSSH client. */

jest.setTimeout(180_000);

let emulator: Emulator;
let program: UserProgram;
let keys: string;

beforeEach(async () => {
  keys = mkdtempSync(join(tmpdir(), "exoscale-ssh-keys-"));
  emulator = await startEmulator({ operationMs: 0, zones: ["ch-gva-2", "de-fra-1"] });
  program = UserProgram.create(emulator);
});

afterEach(async () => {
  try {
    await program.destroy();
    expect(emulator.cloud.keys).toEqual([]);
  } finally {
    await end(program, emulator);
  }
  rmSync(keys, { recursive: true, force: true });
});

test("several-people lets everybody in, with keys made here and a key brought along", async () => {
  program.useExample("several-people");
  const carol = join(keys, "carol");
  await program.configure("publicKeys.carol", (await publicKeyOf(carol)).line, { path: true });
  const { login: sshCommand, knownHosts, privateKeys } = await program.up();
  expect(privateKeys).toEqual({ alice: expect.any(String), bob: expect.any(String) });
  for (const privateKey of [...Object.values({ ...(privateKeys as object) }), readFileSync(carol, "utf8")]) {
    expect(await logIn({ privateKey, sshCommand, knownHosts }, "whoami")).toBe("debian");
  }
  await program.expectNoChanges();
});

test("passphrase-rsa-4096 hands out a private key that opens the machine only with the passphrase", async () => {
  program.useExample("passphrase-rsa-4096");
  await program.configure("passphrase", "correct horse battery staple", { secret: true });
  const { login: sshCommand, knownHosts, privateKey, privateKeyPem } = await program.up();
  expect(privateKeyPem).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
  await expect(logIn({ privateKey, sshCommand, knownHosts }, "whoami")).rejects.toThrow("ssh ended with 1");
  const passphrase = "correct horse battery staple";
  expect(await logIn({ privateKey, passphrase, sshCommand, knownHosts }, "whoami")).toBe("debian");
  await program.expectNoChanges();
});

test("key-in-file writes a private key that only its owner can read, and keeps it out of the state", async () => {
  program.useExample("key-in-file");
  const { login: sshCommand, knownHosts, fingerprint } = await program.up();
  const file = join(program.path, "keys/alice");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await fingerprintOf(file)).toBe(fingerprint);
  const privateKey = readFileSync(file, "utf8");
  expect(await logIn({ privateKey, sshCommand, knownHosts }, "whoami")).toBe("debian");
  expect(program.state()["alice"]?.outputs).not.toHaveProperty("privateKeyOpenssh");
  await program.expectNoChanges();
  await program.destroy();
  expect(existsSync(file)).toBe(false);
  // Once the file is gone its key must be nowhere at all.
  program.expectHidden(privateKey);
});

test("two-zones opens a machine in each zone with the one key", async () => {
  program.useExample("two-zones");
  const { logins, knownHosts, privateKey } = await program.up();
  for (const [name, sshCommand] of Object.entries({ ...(logins as object) })) {
    const known = { ...(knownHosts as Record<string, string>) }[name];
    expect(await logIn({ privateKey, sshCommand, knownHosts: known }, "hostname")).toMatch(new RegExp(`^${name}-`));
  }
  expect(emulator.cloud.keys).toHaveLength(1);
  await program.expectNoChanges();
});
