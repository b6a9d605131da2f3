import { linkSync } from "node:fs";
import { encodePrivateKey } from "../../provider/keys/encode";
import { generatePrivateKey } from "../../provider/keys/generate";
import { parsePlainPrivateKey } from "../../provider/keys/private_key";
import { resources } from "../../provider/resources";
import type { SshKeyPairState } from "../../provider/resources/ssh_key_pair/fields";
import { KeyFolder } from "./key_folder";
import { closeClouds, type Held, startCloud, type TestCloud } from "./world";

const { SshKeyPair } = resources;
// The key derivation of a passphrase takes about a second each time that a key is written or read.
jest.setTimeout(60_000);

let cloud: TestCloud;
let folder: KeyFolder;
let privateKeyFile: string;
beforeEach(async () => {
  cloud = await startCloud();
  folder = new KeyFolder();
  privateKeyFile = folder.path("key");
});
afterEach(async () => {
  folder.dispose();
  await closeClouds();
});

const create = (news = {}) => cloud.run().create(SshKeyPair, { name: "alice", privateKeyFile, ...news });

async function update(last: Held<SshKeyPairState>, news: object) {
  const run = cloud.run();
  const { changes, replaces } = await run.diff(SshKeyPair, last, { name: "alice", ...news });
  const { state } = await run.update(SshKeyPair, last, { name: "alice", ...news });
  return { state, changes, replaces, notes: run.notes, warnings: run.warnings };
}

describe("The file of a pair is rewritten in place", () => {
  test("for another comment, and stays unencrypted without a passphrase", async () => {
    const last = await create();
    const { state, changes, replaces } = await update(last, { privateKeyFile, comment: "alice@laptop" });
    expect(await folder.key("key")).toEqual({ md5: last.state.publicKeyFingerprintMd5, comment: "alice@laptop" });
    expect(state.publicKeyOpenssh).toMatch(/ alice@laptop$/);
    expect([changes, replaces, folder.mode("key"), folder.names()]).toEqual([["comment"], [], "600", ["key"]]);
    expect(JSON.stringify(state)).not.toContain("PRIVATE KEY");
  });

  test("for a passphrase that is set, changed and removed", async () => {
    const plain = await create();
    const one = await update(plain, { privateKeyFile, passphrase: "one" });
    await expect(folder.key("key")).rejects.toThrow("no passphrase was given");
    const two = await update({ ...plain, state: one.state }, { privateKeyFile, passphrase: "two" });
    expect((await folder.key("key", "two")).md5).toBe(plain.state.publicKeyFingerprintMd5);
    await update({ ...plain, state: two.state }, { privateKeyFile });
    expect((await folder.key("key")).md5).toBe(plain.state.publicKeyFingerprintMd5);
  });

  test("after an update that was interrupted when the file was written", async () => {
    const last = await create({ passphrase: "one" });
    await update(last, { privateKeyFile, passphrase: "two" });
    const { state } = await update(last, { privateKeyFile, passphrase: "two" });
    expect((await folder.key("key", "two")).md5).toBe(state.publicKeyFingerprintMd5);
  });
});

describe("The file of a pair moves", () => {
  test("to another path, which is written before the old file is removed", async () => {
    const last = await create();
    const { state, changes, replaces } = await update(last, { privateKeyFile: folder.path("moved") });
    expect(folder.names()).toEqual(["moved"]);
    expect((await folder.key("moved")).md5).toBe(last.state.publicKeyFingerprintMd5);
    expect([changes, replaces, state.privateKeyFile]).toEqual([["privateKeyFile"], [], folder.path("moved")]);
  });

  test("never over another key, and then the old file stays", async () => {
    const last = await create();
    const other = await encodePrivateKey(await generatePrivateKey({ algorithm: "ed25519" }));
    folder.write("moved", other.openssh);
    const moved = update(last, { privateKeyFile: folder.path("moved") });
    await expect(moved).rejects.toThrow(
      `holds the private key ${parsePlainPrivateKey(other.openssh).publicKey().fingerprintSha256}`,
    );
    expect([folder.text("moved"), folder.names()]).toEqual([other.openssh, ["key", "moved"]]);
  });

  test("to the path where an interrupted update has already put it", async () => {
    const last = await create();
    await update(last, { privateKeyFile: folder.path("moved") });
    const { state } = await update(last, { privateKeyFile: folder.path("moved") });
    expect((await folder.key("moved")).md5).toBe(state.publicKeyFingerprintMd5);
  });

  test("nowhere for another spelling of its path, and is not lost", async () => {
    const last = await create();
    await update(last, { privateKeyFile: privateKeyFile.replace(/key$/, "./key") });
    expect((await folder.key("key")).md5).toBe(last.state.publicKeyFingerprintMd5);
  });

  test("to a hard link of itself, of which only the new name stays", async () => {
    const last = await create();
    linkSync(privateKeyFile, folder.path("link"));
    await update(last, { privateKeyFile: folder.path("link"), comment: "new" });
    expect(await folder.key("link")).toEqual({ md5: last.state.publicKeyFingerprintMd5, comment: "new" });
    expect(folder.names()).toEqual(["link"]);
  });
});

describe("A private key moves from the state to a file", () => {
  test("in place, with a warning about old states that still contain it", async () => {
    const last = await cloud.run().create(SshKeyPair, { name: "alice" });
    const { state, replaces, warnings } = await update(last, { privateKeyFile });
    expect((await folder.key("key")).md5).toBe(last.state.publicKeyFingerprintMd5);
    expect(JSON.stringify(state)).not.toContain("PRIVATE KEY");
    expect(replaces).toEqual([]);
    expect(warnings).toEqual([
      expect.stringMatching(/Older versions of the state .* still contain it: .*triggers to make a new pair\.$/),
    ]);
  });

  test("and its PuTTY format is removed as well", async () => {
    const last = await cloud.run().create(SshKeyPair, {
      name: "alice",
      algorithm: "rsa",
      rsaBits: 2048,
      formats: ["pem", "putty"],
    });
    expect(last.state.privateKeyPutty).toContain("PuTTY-User-Key-File-2");
    const { state } = await update(last, { privateKeyFile, algorithm: "rsa", rsaBits: 2048, formats: ["pem"] });
    expect(state.publicKeyPem).toMatch(/^-----BEGIN PUBLIC KEY-----/);
    expect(Object.keys(state).filter((name) => name.startsWith("privateKey"))).toEqual(["privateKeyFile"]);
  });
});

describe("A private key moves from its file to the state", () => {
  test("in place, and the file stays until somebody deletes it", async () => {
    const last = await create();
    const { state, replaces, notes } = await update(last, {});
    const key = parsePlainPrivateKey(state.privateKeyOpenssh ?? "").publicKey();
    expect(key.fingerprintMd5).toBe(last.state.publicKeyFingerprintMd5);
    expect([replaces, folder.names()]).toEqual([[], ["key"]]);
    expect(notes).toEqual([
      `SSH key "alice" no longer has a privateKeyFile. "${privateKeyFile}" still exists: delete it if nobody needs it.`,
    ]);
  });

  test("and back into the same file", async () => {
    const last = await create();
    const { state } = await update(last, {});
    await update({ ...last, state }, { privateKeyFile, comment: "back" });
    expect(await folder.key("key")).toEqual({ md5: last.state.publicKeyFingerprintMd5, comment: "back" });
  });

  test("when the program imports the same key as a private key", async () => {
    const last = await create();
    const { state, replaces } = await update(last, { privateKey: folder.text("key") });
    expect(state.publicKeyFingerprintMd5).toBe(last.state.publicKeyFingerprintMd5);
    expect([replaces, folder.names()]).toEqual([[], ["key"]]);
  });

  test("never when the program keeps only the public key, on any machine", async () => {
    const last = await create();
    folder.lose("key");
    const { state, replaces } = await update(last, { publicKey: last.state.publicKeyOpenssh });
    expect([replaces, state.publicKeyFingerprintMd5]).toEqual([[], last.state.publicKeyFingerprintMd5]);
    expect(Object.keys(state).filter((name) => name.startsWith("privateKey"))).toEqual([]);
  });
});

describe("If the file has lost the key since the preview", () => {
  test.each([
    ["another comment", { comment: "new" }],
    ["another path", { privateKeyFile: "moved" }],
    ["no path", { privateKeyFile: undefined }],
  ])("%s is an error, and nothing is changed", async (_what, news) => {
    const last = await create();
    const path = "privateKeyFile" in news ? news.privateKeyFile && folder.path(news.privateKeyFile) : privateKeyFile;
    const { inputs } = await cloud.run().check(SshKeyPair, { name: "alice", ...news, privateKeyFile: path }, last);
    folder.lose("key");
    const updated = SshKeyPair.update("alice", last.state, inputs as SshKeyPairState, cloud.run());
    await expect(updated).rejects.toMatchObject({
      code: "KEY_FILE_MISSING",
      message: expect.stringContaining(privateKeyFile),
    });
    expect(folder.names()).toEqual([]);
  });

  test("a file with a passphrase that the stack does not have is an error that names the file", async () => {
    const last = await create();
    const key = parsePlainPrivateKey(folder.text("key"));
    folder.write("key", (await encodePrivateKey(key, { passphrase: "changed manually" })).openssh);
    const updated = update(last, { privateKeyFile, comment: "new" });
    await expect(updated).rejects.toThrow(`does not open the private key file "${privateKeyFile}"`);
    expect((await folder.key("key", "changed manually")).md5).toBe(last.state.publicKeyFingerprintMd5);
  });
});
