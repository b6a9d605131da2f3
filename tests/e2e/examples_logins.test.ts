import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../emulated";
import { end } from "./end";
import { fingerprintOf, publicKeyOf } from "./key_files";
import { logIn } from "./login";
import { UserProgram } from "./user_program";

/** The examples that create instances. Everyone who should log in does, with the real OpenSSH client. */

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

test("several-people lets everyone in, with generated keys and an imported key", async () => {
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

test("passphrase-rsa-4096 outputs a private key that opens the machine only with the passphrase", async () => {
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
  // After the file is deleted, its key must be nowhere.
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

test("rotation gives the same machine a new key and closes the old one", async () => {
  program.useExample("rotation");
  const first = await program.up();
  await program.configure("issued", "2026-12-01");
  const { instance, login: sshCommand, knownHosts, privateKey } = await program.up();
  expect(instance).toBe(first["instance"]);
  expect(await logIn({ privateKey, sshCommand, knownHosts }, "whoami")).toBe("debian");
  expect(await logIn({ privateKey: first["privateKey"], sshCommand, knownHosts }, "whoami")).toBeUndefined();
  expect(emulator.cloud.keys).toHaveLength(1);
  await program.expectNoChanges();
});

test("offboarding removes the key of the person who leaves from every machine, and lets everyone else in", async () => {
  program.useExample("offboarding");
  const people = ["alice", "bob", "carol"];
  for (const name of people) {
    await program.configure(`people.${name}`, (await publicKeyOf(join(keys, name))).line, { path: true });
  }
  const getIn = async ({ logins, knownHosts }: Record<string, unknown>, name: string) => {
    const privateKey = readFileSync(join(keys, name), "utf8");
    const known = [...(knownHosts as string[])];
    const users = [...(logins as string[])].map((sshCommand, index) =>
      logIn({ privateKey, sshCommand, knownHosts: known[index] }, "whoami"),
    );
    return await Promise.all(users);
  };
  const before = await program.up();
  expect(await getIn(before, "bob")).toEqual(["debian", "debian"]);
  await program.run("pulumi", "config", "rm", "--path", "people.bob");
  const after = await program.up();
  expect(await Promise.all(people.map((name) => getIn(after, name)))).toEqual([
    ["debian", "debian"],
    [undefined, undefined],
    ["debian", "debian"],
  ]);
  expect(emulator.cloud.keys).toHaveLength(3);
  await program.expectNoChanges();
});
