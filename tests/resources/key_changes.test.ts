import { encodePrivateKey } from "../../provider/keys/encode";
import { generatePrivateKey } from "../../provider/keys/generate";
import { parsePrivateKey } from "../../provider/keys/private_key";
import { resources } from "../../provider/resources";
import { UNKNOWN } from "../../provider/resources/contract/description";
import type { SshKeyPairInputs, SshKeyPairState } from "../../provider/resources/ssh_key_pair/fields";
import { alice, bob } from "./known_keys";
import { closeClouds, type Held, startCloud, type TestCloud } from "./world";

const { SshKeyPair } = resources;
// The key derivation of a passphrase takes about a second each time that a key is written or read.

const none = { changes: [], replaces: [], deleteBeforeReplace: false, drifted: false };

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

describe("The formats of a pair", () => {
  const privateOutputs = ({ state }: Held<SshKeyPairState>) =>
    Object.keys(state)
      .filter((name) => /^privateKey|Pem$/.test(name))
      .sort();
  const all = ["privateKeyOpenssh", "privateKeyPem", "privateKeyPutty", "publicKeyPem"];

  test("are added and removed in place, and stay those of the same key", async () => {
    const plain = await cloud.run().create(SshKeyPair, { name: "alice" });
    expect(privateOutputs(plain)).toEqual(["privateKeyOpenssh"]);
    const news = { name: "alice", formats: ["putty", "pem"] };
    expect(await cloud.run().diff(SshKeyPair, plain, news)).toMatchObject({ changes: ["formats"], replaces: [] });
    const full = await cloud.run().update(SshKeyPair, plain, news);
    expect(privateOutputs(full)).toEqual(all);
    expect(full.state.privateKeyOpenssh).toBe(plain.state.privateKeyOpenssh);
    expect((await parsePrivateKey(full.state.privateKeyPem ?? "")).publicKey().openssh).toContain(
      plain.state.publicKeyOpenssh?.split(" ")[1],
    );
    expect(full.state.privateKeyPutty).toMatch(/^PuTTY-User-Key-File-2: ssh-ed25519\r?\nEncryption: none/);
    const back = await cloud.run().update(SshKeyPair, full, { name: "alice" });
    expect(privateOutputs(back)).toEqual(["privateKeyOpenssh"]);
  });

  test("do not change by their order", async () => {
    const last = await cloud.run().create(SshKeyPair, { name: "alice", formats: ["pem", "putty"] });
    expect(await cloud.run().diff(SshKeyPair, last, { name: "alice", formats: ["putty", "pem"] })).toEqual(none);
  });

  test("are kept by a pair of an older version, which did not name them, also when its comment changes", async () => {
    const { id, state } = await cloud.run().create(SshKeyPair, { name: "alice", formats: ["pem", "putty"] });
    const { formats: _unknownThen, ...before } = state;
    const last: Held<SshKeyPairState> = { id, state: before };
    expect(await cloud.run().diff(SshKeyPair, last, { name: "alice" })).toEqual(none);
    const same = await cloud.run().update(SshKeyPair, last, { name: "alice" });
    const changed = await cloud.run().update(SshKeyPair, same, { name: "alice", comment: "new" });
    expect(privateOutputs(changed)).toEqual(all);
    expect(changed.state.privateKeyPutty).toMatch(/\r?\nComment: new/);
  });

  test("of a public key are PEM alone", async () => {
    const last = await cloud.run().create(SshKeyPair, { name: "alice", publicKey: alice.line });
    const { state } = await cloud.run().update(SshKeyPair, last, {
      name: "alice",
      publicKey: alice.line,
      formats: ["pem"],
    });
    expect(state.publicKeyPem).toMatch(/^-----BEGIN PUBLIC KEY-----/);
  });

  test.each([
    [{ publicKey: alice.line }, "only a public key is imported. Remove it."],
    [{ passphrase: "correct horse" }, "PuTTY's format protects a key with a passphrase badly. Remove it, and import"],
    [{ privateKeyFile: "key" }, "the private key is only in privateKeyFile. Remove it, and import"],
  ])("are not PuTTY's with %p", async (news, reason) => {
    expect(await cloud.run().failures(SshKeyPair, { name: "alice", ...news, formats: ["pem", "putty"] })).toEqual([
      expect.stringContaining(`formats[1]: There is no privateKeyPutty here: ${reason}`),
    ]);
  });
});

describe("An imported public key", () => {
  const [type, base64] = alice.line.split(" ");

  test.each([
    ["a trailing newline", `${alice.line}\n`],
    ["blanks around it", `  ${alice.line} `],
  ])("with %s is unchanged", async (_what, publicKey) => {
    const last = await cloud.run().create(SshKeyPair, { name: "alice", publicKey: alice.line });
    expect(await cloud.run().diff(SshKeyPair, last, { name: "alice", publicKey })).toEqual(none);
  });

  test("is updated in place when its comment changes", async () => {
    const last = await cloud.run().create(SshKeyPair, { name: "alice", publicKey: alice.line });
    const news = { name: "alice", publicKey: `${type} ${base64} alice@laptop` };
    const diff = await cloud.run().diff(SshKeyPair, last, news);
    expect(diff).toEqual({ ...none, changes: ["publicKey"] });
    const updated = await cloud.run().update(SshKeyPair, last, news);
    expect(updated.state.publicKeyOpenssh).toBe(`${type} ${base64} alice@laptop`);
    expect(cloud.changes()).toEqual(["POST /v2/ssh-key"]);
  });

  test("is replaced by another key", async () => {
    const last = await cloud.run().create(SshKeyPair, { publicKey: alice.line });
    const diff = await cloud.run().diff(SshKeyPair, last, { publicKey: bob.line });
    expect(diff).toMatchObject({ replaces: ["publicKey"], deleteBeforeReplace: false });
  });

  test("is replaced while its new value is unknown", async () => {
    const last = await cloud.run().create(SshKeyPair, { publicKey: alice.line });
    expect((await cloud.run().diff(SshKeyPair, last, { publicKey: UNKNOWN })).replaces).toEqual(["publicKey"]);
  });
});

test("An imported private key in another encoding is the same key", async () => {
  const key = await generatePrivateKey({ algorithm: "ed25519" });
  const plain = await encodePrivateKey(key, { comment: "a" });
  const last = await cloud.run().create(SshKeyPair, { privateKey: plain.openssh });
  const diff = await cloud.run().diff(SshKeyPair, last, { privateKey: plain.pem });
  expect(diff).toEqual({ ...none, changes: ["privateKey"] });
});

test("An imported private key with a new passphrase stays the same key, and the passphrase decrypts it", async () => {
  const key = await generatePrivateKey({ algorithm: "ed25519" });
  const [one, two] = [
    await encodePrivateKey(key, { passphrase: "one" }),
    await encodePrivateKey(key, { passphrase: "two" }),
  ];
  const last = await cloud.run().create(SshKeyPair, { privateKey: one.pem, passphrase: "one" });
  const news = { privateKey: two.pem, passphrase: "two" };
  expect((await cloud.run().diff(SshKeyPair, last, news)).replaces).toEqual([]);
  const { state } = await cloud.run().update(SshKeyPair, last, news);
  expect((await parsePrivateKey(state.privateKeyOpenssh ?? "", "two")).publicKey().fingerprintMd5).toBe(
    last.state.publicKeyFingerprintMd5,
  );
});

test("An imported private key with an unknown passphrase counts as another key", async () => {
  const pem = async (passphrase: string) =>
    (await encodePrivateKey(await generatePrivateKey({ algorithm: "ed25519" }), { passphrase })).pem;
  const last = await cloud.run().create(SshKeyPair, { privateKey: await pem("one"), passphrase: "one" });
  const diff = await cloud.run().diff(SshKeyPair, last, { privateKey: await pem("two"), passphrase: UNKNOWN });
  expect(diff.replaces).toEqual(["privateKey"]);
});

describe("A generated pair", () => {
  test.each([
    ["comment", { comment: "alice@laptop" }],
    ["passphrase", { passphrase: "correct horse" }],
    ["onDelete", { onDelete: "refuse" }],
  ])("keeps its private key when its %s changes", async (property, news) => {
    const last = await cloud.run().create(SshKeyPair, {});
    expect(await cloud.run().diff(SshKeyPair, last, news)).toEqual({ ...none, changes: [property] });
    const { state } = await cloud.run().update(SshKeyPair, last, news);
    const key = await parsePrivateKey(state.privateKeyOpenssh ?? "", state.passphrase);
    expect(key.publicKey().fingerprintMd5).toBe(last.state.publicKeyFingerprintMd5);
    expect(cloud.changes()).toEqual(["POST /v2/ssh-key"]);
  });

  test("has the new comment in the public key line and in the private key", async () => {
    const last = await cloud.run().create(SshKeyPair, {});
    const { state } = await cloud.run().update(SshKeyPair, last, { comment: "alice@laptop" });
    expect(state.publicKeyOpenssh).toMatch(/ alice@laptop$/);
    expect((await parsePrivateKey(state.privateKeyOpenssh ?? "")).publicKey().comment).toBe("alice@laptop");
  });

  test("falls back to its name when the comment is removed", async () => {
    const last = await cloud.run().create(SshKeyPair, { name: "alice", comment: "alice@laptop" });
    const { state } = await cloud.run().update(SshKeyPair, last, { name: "alice" });
    expect(state.publicKeyOpenssh).toMatch(/ alice$/);
  });

  test("is unencrypted again when the passphrase is removed", async () => {
    const last = await cloud.run().create(SshKeyPair, { passphrase: "correct horse" });
    const { state } = await cloud.run().update(SshKeyPair, last, {});
    expect((await parsePrivateKey(state.privateKeyOpenssh ?? "")).publicKey().fingerprintMd5).toBe(
      last.state.publicKeyFingerprintMd5,
    );
  });

  test("is replaced when its algorithm changes", async () => {
    const last = await cloud.run().create(SshKeyPair, {});
    const diff = await cloud.run().diff(SshKeyPair, last, { algorithm: "ecdsa" });
    expect(diff.replaces).toEqual(["algorithm", "ecdsaCurve"]);
  });
});

describe.each(["85", "9b", "2028", "2029"])("A pair whose comment an older version let have U+%s", (code) => {
  const comment = `alice${String.fromCodePoint(Number.parseInt(code, 16))}ssh-ed25519 AAAA`;

  test.each<[string, Partial<SshKeyPairInputs>]>([
    ["an imported", { publicKey: alice.line }],
    ["a generated", {}],
  ])("gets another one, if it is %s one", async (_, inputs) => {
    const last = await cloud.run().create(SshKeyPair, inputs);
    const line = `${last.state.publicKeyOpenssh?.split(" ", 2).join(" ")} ${comment}`;
    const old = { ...last, state: { ...last.state, comment, publicKeyOpenssh: line } };
    const { state } = await cloud.run().update(SshKeyPair, old, { ...inputs, comment: "alice" });
    expect(state.publicKeyOpenssh).toBe(line.replace(comment, "alice"));
  });
});

test("A pair that had blanks around its comment before they were refused may keep them", async () => {
  const last = await cloud.run().create(SshKeyPair, { comment: "alice" });
  const old = { ...last, state: { ...last.state, comment: " alice " } };
  expect(await cloud.run().failures(SshKeyPair, { comment: " alice " }, old)).toEqual([]);
  const { state } = await cloud.run().update(SshKeyPair, old, { comment: " alice ", passphrase: "correct horse" });
  expect(state.publicKeyOpenssh).toMatch(/\S alice$/);
});

test("An imported private key gets its own comment back when the given one is removed", async () => {
  const { openssh } = await encodePrivateKey(await generatePrivateKey({ algorithm: "ed25519" }), { comment: "own" });
  const last = await cloud.run().create(SshKeyPair, { privateKey: openssh, comment: "given" });
  const { state } = await cloud.run().update(SshKeyPair, last, { privateKey: openssh });
  expect(state.publicKeyOpenssh).toMatch(/ own$/);
});
