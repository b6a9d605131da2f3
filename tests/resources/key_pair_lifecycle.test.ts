import { encodePrivateKey } from "../../provider/keys/encode";
import { generatePrivateKey } from "../../provider/keys/generate";
import { parsePrivateKey } from "../../provider/keys/private_key";
import { resources } from "../../provider/resources";
import { alice, bob } from "./known_keys";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { SshKeyPair } = resources;
const identity = { organization: "acme", urn: "urn:pulumi:prod::shop::alice", name: "alice" };

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

test("A generated pair is registered, and its private half matches the public one", async () => {
  const { id, state } = await cloud.run().create(SshKeyPair, { identity });
  const key = await parsePrivateKey(state.privateKeyOpenssh ?? "");
  expect(cloud.emulator.cloud.keys).toEqual([
    { name: id, fingerprint: state.publicKeyFingerprintMd5, publicKey: state.publicKeyOpenssh },
  ]);
  expect(key.publicKey(id).openssh).toBe(state.publicKeyOpenssh);
  expect(state.registeredFingerprintMd5).toBe(state.publicKeyFingerprintMd5);
});

test("An imported public key has its fingerprints and no private half", async () => {
  const { state } = await cloud.run().create(SshKeyPair, { name: "alice", publicKey: `${alice.line}\n` });
  expect(state).toMatchObject({
    algorithm: "ed25519",
    publicKeyOpenssh: alice.line,
    publicKeyFingerprintMd5: alice.md5,
    publicKeyFingerprintSha256: alice.sha256,
  });
  expect(Object.keys(state).filter((name) => name.startsWith("privateKey"))).toEqual([]);
});

test("An imported private key keeps its own comment and gives every format", async () => {
  const key = await generatePrivateKey({ algorithm: "ed25519" });
  const { openssh } = await encodePrivateKey(key, { comment: "carol@example" });
  const { state } = await cloud.run().create(SshKeyPair, {
    name: "carol",
    privateKey: openssh,
    formats: ["pem", "putty"],
  });
  expect(state.privateKeyPutty).toMatch(/^PuTTY/);
  expect(state.publicKeyOpenssh).toBe(key.publicKey("carol@example").openssh);
  expect(state.privateKeyPem).toMatch(/^-----BEGIN PRIVATE KEY-----/);
});

test("A passphrase encrypts both private formats", async () => {
  const { state } = await cloud.run().create(SshKeyPair, { passphrase: "correct horse", formats: ["pem"] });
  await expect(parsePrivateKey(state.privateKeyOpenssh ?? "")).rejects.toThrow("no passphrase was given");
  await expect(parsePrivateKey(state.privateKeyPem ?? "")).rejects.toThrow("no passphrase was given");
});

test("The private half of a generated pair is never sent to the API", async () => {
  const { state } = await cloud.run().create(SshKeyPair, {});
  const seen = JSON.stringify([cloud.emulator.cloud.keys, cloud.emulator.requests]);
  expect(seen).not.toContain((state.privateKeyOpenssh ?? "").split("\n")[1]);
});

test("A name that another key has is an error with both fingerprints and the remedy", async () => {
  cloud.emulator.cloud.swapKey("deploy", bob.line);
  const create = cloud.run().create(SshKeyPair, { name: "deploy", publicKey: alice.line });
  await expect(create).rejects.toThrow(`"deploy": its fingerprint is ${bob.md5}`);
  expect(cloud.emulator.cloud.keys).toMatchObject([{ name: "deploy", fingerprint: bob.md5 }]);
});

test("A registered key is not taken over without adopt", async () => {
  cloud.emulator.cloud.swapKey("deploy", alice.line);
  const create = cloud.run().create(SshKeyPair, { name: "deploy", publicKey: alice.line });
  await expect(create).rejects.toThrow("Set `adopt: true` to take it over");
});

test("A registered key of the same fingerprint is taken over with adopt", async () => {
  cloud.emulator.cloud.swapKey("deploy", alice.line);
  const run = cloud.run();
  const { id, state } = await run.create(SshKeyPair, { name: "deploy", publicKey: alice.line, adopt: true });
  expect([id, state.publicKeyFingerprintMd5]).toEqual(["deploy", alice.md5]);
  expect(run.notes.join()).toContain("taken over (adopt: true)");
});

test("Another key under the name is not taken over, even with adopt", async () => {
  cloud.emulator.cloud.swapKey("deploy", bob.line);
  const create = cloud.run().create(SshKeyPair, { name: "deploy", publicKey: alice.line, adopt: true });
  await expect(create).rejects.toThrow(`the fingerprint of the key to register is ${alice.md5}`);
});

test("A registration whose answer is lost is found again, and is no error", async () => {
  cloud.emulator.faults.add({ kind: "lost-reply", method: "POST", path: "/ssh-key" });
  const { id } = await cloud.run().create(SshKeyPair, { name: "deploy", publicKey: alice.line });
  expect(id).toBe("deploy");
  expect(cloud.changes()).toEqual(["POST /v2/ssh-key"]);
});

test("A registered key is not taken over without adopt either if the first request fails", async () => {
  cloud.emulator.cloud.swapKey("deploy", alice.line);
  cloud.emulator.faults.add({ kind: "status", status: 503, method: "POST", path: "/ssh-key" });
  const create = cloud.run().create(SshKeyPair, { name: "deploy", publicKey: alice.line });
  await expect(create).rejects.toThrow("Set `adopt: true` to take it over");
});

test("A refusal of the API is shown in the server's own words", async () => {
  cloud.emulator.cloud.set({ ecdsaKeys: "refused" });
  const create = cloud.run().create(SshKeyPair, { name: "deploy", algorithm: "ecdsa" });
  await expect(create).rejects.toThrow(/register SSH key "deploy".*409.*Public key is invalid/);
});

test("A second check without changes keeps the name, and the diff is empty", async () => {
  const last = await cloud.run().create(SshKeyPair, { identity });
  const diff = await cloud.run().diff(SshKeyPair, last, { identity });
  expect(diff).toEqual({ changes: [], replaces: [], deleteBeforeReplace: false, drifted: false });
});

test("A read of an unchanged pair gives the same state and changes nothing", async () => {
  const last = await cloud.run().create(SshKeyPair, { identity });
  const found = await cloud.run().found(SshKeyPair, last);
  expect(found.state).toEqual(last.state);
  expect(cloud.changes()).toEqual(["POST /v2/ssh-key"]);
});

describe("A registration whose answer is lost, and that cannot be looked up for a while", () => {
  beforeEach(() => {
    cloud.emulator.faults.add({ kind: "lost-reply", method: "POST", path: "/ssh-key" });
    cloud.emulator.faults.add({ kind: "status", status: 403, method: "GET", path: /^\/ssh-key\/./ });
  });

  test("leaves the pair in the state with its private key, and the next update finds it registered", async () => {
    const last = await cloud.run().createInPart(SshKeyPair, { identity });
    expect(last.message).toMatch(
      /^It is not known whether SSH key "alice-\w+" is registered, so its private key stays in the state\./,
    );
    expect((await parsePrivateKey(last.state.privateKeyOpenssh ?? "")).publicKey(last.id).openssh).toBe(
      cloud.emulator.cloud.keys[0]?.publicKey,
    );
    const { state } = await cloud.run().update(SshKeyPair, last, { identity });
    expect(state.privateKeyOpenssh).toBe(last.state.privateKeyOpenssh);
    expect(cloud.emulator.cloud.keys).toHaveLength(1);
  });

  test("is no change that is lost: the next preview updates it", async () => {
    const last = await cloud.run().createInPart(SshKeyPair, { identity });
    expect(await cloud.run().diff(SshKeyPair, last, { identity })).toMatchObject({ replaces: [], drifted: true });
    await cloud.run().delete(SshKeyPair, last);
    expect(cloud.keys()).toEqual([]);
  });

  test("leaves an imported key out of the state: the account may have had it before", async () => {
    const news = { name: "alice", publicKey: alice.line };
    await expect(cloud.run().createInPart(SshKeyPair, news)).rejects.toThrow("403");
    await expect(cloud.run().create(SshKeyPair, news)).rejects.toThrow("Set `adopt: true` to take it over");
  });
});

test("A registration that is certainly refused leaves nothing in the state", async () => {
  cloud.emulator.faults.add({ kind: "status", status: 403, method: "POST", path: "/ssh-key" });
  await expect(cloud.run().createInPart(SshKeyPair, { identity })).rejects.toThrow("403");
  expect(cloud.keys()).toEqual([]);
});
