import { encodePrivateKey } from "../../provider/keys/encode";
import { generatePrivateKey } from "../../provider/keys/generate";
import { resources } from "../../provider/resources";
import { KeyFolder } from "./key_folder";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { SshKeyPair } = resources;
// The key derivation of a passphrase takes about a second each time that a key is written or read.

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

async function someKey(): Promise<string> {
  return (await encodePrivateKey(await generatePrivateKey({ algorithm: "ed25519" }))).openssh;
}

describe("A pair with a private key file", () => {
  test("has its private key and comment in the file, and in no output", async () => {
    const { state } = await cloud.run().create(SshKeyPair, { name: "alice", privateKeyFile });
    expect(await folder.key("key")).toEqual({ md5: state.publicKeyFingerprintMd5, comment: "alice" });
    expect(folder.mode("key")).toBe("600");
    expect(Object.keys(state).filter((name) => name.startsWith("privateKey"))).toEqual(["privateKeyFile"]);
    expect(JSON.stringify(state)).not.toContain("PRIVATE KEY");
  });

  test("is registered, and the path is in the state as it was given", async () => {
    const { id, state } = await cloud.run().create(SshKeyPair, { privateKeyFile });
    expect(cloud.emulator.cloud.keys).toMatchObject([{ name: id, fingerprint: state.publicKeyFingerprintMd5 }]);
    expect(state.privateKeyFile).toBe(privateKeyFile);
  });

  test("has an encrypted file if there is a passphrase", async () => {
    const { state } = await cloud.run().create(SshKeyPair, { privateKeyFile, passphrase: "correct horse" });
    await expect(folder.key("key")).rejects.toThrow("no passphrase was given");
    expect((await folder.key("key", "correct horse")).md5).toBe(state.publicKeyFingerprintMd5);
  });

  test("can be read, compared and left unchanged without the file", async () => {
    const last = await cloud.run().create(SshKeyPair, { privateKeyFile });
    folder.lose("key");
    const run = cloud.run();
    expect((await run.found(SshKeyPair, last)).state).toEqual(last.state);
    expect((await run.diff(SshKeyPair, last, { privateKeyFile })).changes).toEqual([]);
    expect([run.warnings, run.notes]).toEqual([[], []]);
  });

  test("changes its onDelete and is registered again on a machine without the file", async () => {
    const last = await cloud.run().create(SshKeyPair, { privateKeyFile });
    folder.lose("key");
    cloud.emulator.cloud.removeKey(last.id);
    const found = await cloud.run().found(SshKeyPair, last);
    const run = cloud.run();
    const { state } = await run.update(SshKeyPair, found, { privateKeyFile, onDelete: "refuse" });
    expect(state).toEqual({ ...last.state, onDelete: "refuse" });
    expect([cloud.keys(), run.notes]).toEqual([[last.id], []]);
  });

  test("refuses a replacement that deletes first, which would lock somebody out", async () => {
    const last = await cloud.run().create(SshKeyPair, { name: "deploy", privateKeyFile });
    const diff = cloud
      .run()
      .diff(SshKeyPair, last, { name: "deploy", privateKeyFile: `${privateKeyFile}-2`, triggers: [1] });
    await expect(diff).rejects.toThrow("everybody who depends on it is locked out");
  });

  test("is replaced, new pair first, if the path changes with the triggers", async () => {
    const last = await cloud.run().create(SshKeyPair, { privateKeyFile });
    const news = { privateKeyFile: folder.path("key-2"), triggers: [2] };
    const run = cloud.run();
    expect(await run.diff(SshKeyPair, last, news)).toMatchObject({
      replaces: ["triggers"],
      deleteBeforeReplace: false,
    });
    expect(run.warnings.join()).toContain(`Its private key is removed from "${privateKeyFile}"`);
    const { state } = await run.create(SshKeyPair, news);
    await run.delete(SshKeyPair, last);
    expect(folder.names()).toEqual(["key-2"]);
    expect((await folder.key("key-2")).md5).toBe(state.publicKeyFingerprintMd5);
  });
});

describe("Two pairs with one path", () => {
  test("give one pair and one error, in either order", async () => {
    const run = cloud.run();
    const both = await Promise.allSettled([1, 2].map(() => run.create(SshKeyPair, { privateKeyFile })));
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect([folder.names(), cloud.keys().length]).toEqual([["key"], 1]);
  });
});

describe("The registration of a pair with a private key file", () => {
  test("is not attempted if the file cannot be written", async () => {
    const { inputs } = await cloud.run().check(SshKeyPair, { name: "deploy", privateKeyFile });
    folder.write("key", await someKey());
    const create = SshKeyPair.create(inputs as Parameters<typeof SshKeyPair.create>[0], cloud.run());
    await expect(create).rejects.toMatchObject({ code: "KEY_FILE_TAKEN" });
    expect(cloud.changes()).toEqual([]);
  });

  test("removes the file if the API refuses it", async () => {
    cloud.emulator.cloud.set({ ecdsaKeys: "refused" });
    const create = cloud.run().create(SshKeyPair, { algorithm: "ecdsa", privateKeyFile });
    await expect(create).rejects.toThrow("409");
    expect(folder.names()).toEqual([]);
  });

  test("removes the file if another key has the name", async () => {
    const other = await cloud.run().create(SshKeyPair, { name: "deploy" });
    const create = cloud.run().create(SshKeyPair, { name: "deploy", privateKeyFile });
    await expect(create).rejects.toThrow(other.state.publicKeyFingerprintMd5);
    expect(folder.names()).toEqual([]);
  });

  test.each([
    ["took place", { kind: "lost-reply" } as const],
    ["did not take place", { kind: "reset" } as const],
  ])(
    "keeps the file and the pair if it is unknown whether it %s, and the next update continues",
    async (_what, fault) => {
      cloud.emulator.faults.add({ ...fault, method: "POST", path: "/ssh-key" });
      const denied = { message: "Forbidden by role policy" };
      cloud.emulator.faults.add({ kind: "status", status: 403, body: denied, path: "/ssh-key/deploy" });
      const part = await cloud.run().createInPart(SshKeyPair, { name: "deploy", privateKeyFile });
      expect(part.message).toMatch(
        /^It is not known whether SSH key "deploy" is registered, so its private key stays in/,
      );
      const { state } = await cloud.run().update(SshKeyPair, part, { name: "deploy", privateKeyFile });
      expect((await folder.key("key")).md5).toBe(state.publicKeyFingerprintMd5);
      expect(cloud.emulator.cloud.keys).toMatchObject([{ name: "deploy", fingerprint: state.publicKeyFingerprintMd5 }]);
    },
  );
});

describe("The deletion of a pair with a private key file", () => {
  test("removes the key from the account, and then the file", async () => {
    const last = await cloud.run().create(SshKeyPair, { privateKeyFile });
    const run = cloud.run();
    await run.delete(SshKeyPair, last);
    expect([cloud.keys(), folder.names(), run.warnings, run.notes]).toEqual([[], [], [], []]);
  });

  test("removes the file even if the key has another passphrase", async () => {
    const last = await cloud.run().create(SshKeyPair, { privateKeyFile, passphrase: "one" });
    const { publicKeyFingerprintMd5: md5 } = last.state;
    await cloud.run().delete(SshKeyPair, { ...last, state: { ...last.state, passphrase: "two" } });
    expect([folder.names(), md5.length]).toEqual([[], 47]);
  });

  test("keeps the file if the account keeps the key", async () => {
    const last = await cloud.run().create(SshKeyPair, { privateKeyFile });
    cloud.emulator.faults.add({ kind: "status", status: 403, method: "DELETE", path: `/ssh-key/${last.id}` });
    await expect(cloud.run().delete(SshKeyPair, last)).rejects.toThrow("403");
    expect(folder.names()).toEqual(["key"]);
  });

  test("reports that the file is not on this machine, and succeeds", async () => {
    const last = await cloud.run().create(SshKeyPair, { privateKeyFile });
    folder.lose("key");
    const run = cloud.run();
    await run.delete(SshKeyPair, last);
    expect(run.notes).toEqual([
      expect.stringContaining(`"${privateKeyFile}", is not on this machine. If it is elsewhere`),
    ]);
    expect([cloud.keys(), run.warnings]).toEqual([[], []]);
  });

  test.each([
    ["another private key", someKey],
    ["no key", async () => "notes\n"],
  ])("does not remove a file that holds %s, and reports it", async (_what, content) => {
    const last = await cloud.run().create(SshKeyPair, { privateKeyFile });
    const text = await content();
    folder.write("key", text);
    const run = cloud.run();
    await run.delete(SshKeyPair, last);
    expect(folder.text("key")).toBe(text);
    expect(run.notes).toEqual([expect.stringContaining("holds something else and is not deleted")]);
  });
});
