import { functions, resources } from "../../provider/resources";
import { callFunction } from "../../provider/resources/functions/function";
import { Client } from "../emulator/world";
import { alice, bob } from "./known_keys";
import { unnamedMachine as machine } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance } = resources;
const { getKeyHolders } = functions;
const sshKeys = [{ name: "alice", publicKeyOpenssh: alice.line }];

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
  cloud.emulator.cloud.swapKey("alice", alice.line);
  cloud.emulator.cloud.swapKey("bob", bob.line);
});
afterEach(closeClouds);

const holders = async (of: Record<string, unknown>) =>
  (await callFunction(getKeyHolders, of, cloud.run().account)).holders;
const names = async (of: Record<string, unknown>) => (await holders(of)).map(({ name }) => name).sort();

describe("The holders of a key are found in every zone", () => {
  beforeEach(async () => {
    const run = cloud.run();
    await run.create(Instance, { ...machine, name: "web", zone: "ch-gva-2", sshKeys });
    await run.create(Instance, {
      ...machine,
      name: "db",
      zone: "de-fra-1",
      sshKeys: [{ name: "alice" }, { name: "bob" }],
    });
    await run.create(Instance, { ...machine, name: "other", zone: "de-fra-1" });
  });

  test.each([
    ["name", { name: "alice" }],
    ["MD5 fingerprint", { fingerprint: alice.md5 }],
    ["MD5 fingerprint in capitals", { fingerprint: alice.md5.toUpperCase() }],
    ["MD5 fingerprint without colons", { fingerprint: alice.md5.replaceAll(":", "") }],
    ["line of ssh-keygen -l -E md5", { fingerprint: `256 MD5:${alice.md5} alice@example (ED25519)\n` }],
    ["public key", { publicKeyOpenssh: `${alice.line}\n` }],
  ])("by its %s", async (_what, of) => {
    expect(await names(of)).toEqual(["db", "web"]);
  });

  test.each([
    ["fingerprint", alice.sha256],
    ["fingerprint without its prefix", alice.sha256.slice("SHA256:".length)],
    ["line of ssh-keygen -l", `256 ${alice.sha256} alice@example (ED25519)\n`],
  ])("by its SHA256 %s, if our own label has it", async (_what, fingerprint) => {
    expect(await names({ fingerprint })).toEqual(["web"]);
  });

  test("and are distinguished by the key", async () => {
    expect(await names({ name: "bob" })).toEqual(["db"]);
  });

  test("with their place and the listed name of the key, and without an answer", async () => {
    const [web] = await holders({ publicKeyOpenssh: alice.line });
    expect(web).toEqual({
      kind: "instance",
      zone: "ch-gva-2",
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: "web",
      keyName: "alice",
      publicIp: "127.10.0.1",
      state: "running",
    });
  });

  test("by our label, even after the key is deleted and the API no longer lists it", async () => {
    cloud.emulator.cloud.set({ deletedKeys: "dropped" });
    cloud.emulator.cloud.removeKey("alice");
    // Of db the program gave only the key's name; its label has the MD5 fingerprint, of web's the SHA256 one.
    expect(await names({ publicKeyOpenssh: alice.line })).toEqual(["db", "web"]);
  });

  test("not by a name that another key has now", async () => {
    cloud.emulator.cloud.swapKey("alice", bob.line);
    expect(await names({ name: "alice", publicKeyOpenssh: bob.line })).toEqual(["db"]);
  });
});

test("An instance that is being destroyed is no holder", async () => {
  const { state } = await cloud.run().create(Instance, { ...machine, zone: "ch-gva-2", sshKeys });
  cloud.emulator.cloud.setOperationMs(60_000);
  await new Client(cloud.emulator).send("DELETE", `/instance/${state.instanceId}`);
  expect(cloud.instance()["state"]).toBe("destroying");
  expect(await names({ name: "alice" })).toEqual([]);
});

test("A pool that gives the key to its members is named beside them", async () => {
  const client = new Client(cloud.emulator);
  const pool = await client.order({ name: "workers", size: 1, "ssh-keys": [{ name: "alice" }] });
  await client.settle("POST", "/instance-pool", pool);
  const found = await holders({ name: "alice" });
  expect(found.map(({ kind }) => kind).sort()).toEqual(["instance", "instance-pool"]);
  expect(found.find(({ kind }) => kind === "instance-pool")).toMatchObject({ name: "workers", zone: "ch-gva-2" });
});

test("A holder that cannot be asked is unknown, with the reason", async () => {
  const publicIpAssignment = "none";
  await cloud.run().create(Instance, { ...machine, name: "hidden", zone: "ch-gva-2", publicIpAssignment, sshKeys });
  expect(await holders({ publicKeyOpenssh: alice.line, probe: true })).toMatchObject([
    {
      name: "hidden",
      accepts: "unknown",
      reason: "it has no public address",
      user: "debian",
      hostKeyKnown: false,
    },
  ]);
});

describe("getKeyHolders refuses", () => {
  test.each([
    ["a call that names no key", {}, "no key is named. Give name, fingerprint or publicKeyOpenssh."],
    [
      "a probe without a public key",
      { name: "alice", probe: true },
      "probe needs the public key. Give publicKeyOpenssh",
    ],
    ["a text that is no public key", { publicKeyOpenssh: "alice" }, "Not a usable SSH public key"],
    ["a blank name", { name: " " }, "name"],
  ])("%s", async (_what, of, message) => {
    await expect(callFunction(getKeyHolders, of, cloud.run().account)).rejects.toThrow(message);
  });

  test.each([
    [
      "a text that is no fingerprint",
      { fingerprint: "nonsense" },
      /"nonsense" is no fingerprint\. Give .*ssh-keygen -l/,
    ],
    ["a fingerprint that is cut off", { fingerprint: alice.md5.slice(0, -3) }, /is no fingerprint/],
    [
      "a fingerprint of another key than the public key beside it",
      { fingerprint: bob.md5, publicKeyOpenssh: alice.line },
      /fingerprint is not that of publicKeyOpenssh/,
    ],
  ])("%s, instead of answering that nobody has it", async (_what, of, message) => {
    const answer = callFunction(getKeyHolders, of, cloud.run().account);
    await expect(answer).rejects.toMatchObject({ code: "ARGUMENT_INVALID", message: expect.stringMatching(message) });
  });
});
