import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Instance, SshKeyPair, type SshKeyPairArgs } from "pulumi-exoscale-ssh";
import { type Emulator, startEmulator } from "../emulated";
import { Client } from "../emulator/world";
import { end } from "./end";
import { publicKeyOf } from "./key_files";
import { machine } from "./known_machine";
import { logIn } from "./login";
import { TestStack } from "./stack";

jest.setTimeout(240_000);

let emulator: Emulator;
let stack: TestStack;
/** Where somebody keeps a key made with ssh-keygen. */
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "exoscale-ssh-keys-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(async () => {
  // The tests' own client follows operations without a pause, which a limit of requests takes for too many.
  const settings = { requestsPerSecond: undefined };
  emulator = await startEmulator({ operationMs: 20, zones: ["ch-gva-2", "de-fra-1"], settings });
  emulator.cloud.openSsh();
  stack = await TestStack.create(emulator);
});

afterEach(async () => await end(stack, emulator));

/**
 * The machine of the operators and one more in another zone, both of them open to Alice as well; `alice` says how she
 * is declared, and without it she has left. Nobody but her pair takes her key off the second machine.
 */
const shop = (alice?: SshKeyPairArgs) => async () => {
  const ops = new SshKeyPair("ops", { name: "ops" });
  const connection = { privateKey: ops.privateKeyOpenssh };
  const alices = alice && new SshKeyPair("alice", { onDelete: "revoke", ...alice });
  const both = { ...machine, sshKeys: alices ? [ops, alices] : [ops], connection, waitForSsh: true };
  new Instance("web", { ...both, name: "web" });
  new Instance("db", { ...both, name: "db", zone: "de-fra-1" }, { ignoreChanges: ["sshKeys"] });
  return {
    ops: ops.privateKeyOpenssh,
    ...(alices && { name: alices.name, alice: alices.privateKeyOpenssh, publicKey: alices.publicKeyOpenssh }),
  };
};

const instanceNamed = (name: string) => emulator.cloud.instances().find((instance) => instance["name"] === name);

/** The instance of that name, as what the test does to it wants it. */
const idOf = (name: string) => String(instanceNamed(name)?.["id"]);

/** The machines of these names that let somebody in. */
async function opens(privateKey: unknown, ...names: string[]): Promise<string[]> {
  const answers = names.map(async (name) => {
    const { address, port, user } = await emulator.cloud.guest(idOf(name));
    return (await logIn({ privateKey, sshCommand: `ssh -p ${port} ${user}@${address}` }, "whoami")) === user;
  });
  const open = await Promise.all(answers);
  return names.filter((_, index) => open[index]);
}

const keysOfAccount = () => emulator.cloud.keys.map(({ name }) => name).sort();

/** An instance pool with one member, made by hand. @returns its id, and the name of the member */
async function makePool(...keys: unknown[]) {
  const client = new Client(emulator);
  const order = await client.order({ name: "workers", size: 1, "ssh-keys": keys.map((name) => ({ name })) });
  const id: string = (await client.settle("POST", "/instance-pool", order)).reference.id;
  return { id, members: () => membersOf(id), keys: async () => (await client.get(`/instance-pool/${id}`))["ssh-keys"] };
}

async function membersOf(pool: string): Promise<string[]> {
  const members = emulator.cloud.instances().filter(({ manager }) => (manager as { id?: string })?.id === pool);
  return members.map(({ name }) => String(name));
}

/** What the last command said, of keys and machines alone. */
const warningsIn = (text: string) => text.split("\n").filter((line) => /warning: (?!using)/.test(line));

const acceptNew = { connection: { acceptNewHostKeys: true } };

describe("a pair with onDelete revoke that leaves the program", () => {
  test("opens no machine in any zone any more, pool members included, and everybody else gets in", async () => {
    const { alice, ops, name } = await stack.up(shop(acceptNew));
    const pool = await makePool("ops", name);
    const everywhere = ["web", "db", ...(await pool.members())];
    expect(await opens(alice, ...everywhere)).toEqual(everywhere);
    await stack.up(shop());
    expect(await opens(alice, ...everywhere)).toEqual([]);
    expect(await opens(ops, ...everywhere)).toEqual(everywhere);
    expect([keysOfAccount(), await pool.keys()]).toEqual([["ops"], [{ name: "ops" }]]);
  });

  test("stays in account and state while a machine cannot be reached, and goes on once it can", async () => {
    const { alice, name } = await stack.up(shop({}));
    const takeBack = await emulator.guests.fault(idOf("db"), { kind: "refused" });
    const said = await stack.failure(stack.up(shop()));
    expect(said).toMatch(/ {2}db {2}de-fra-1 {2}127\.\S+ {2}.*To do: make it reachable from here, or delete it\./);
    expect([keysOfAccount(), stack.state()["alice"]?.id]).toEqual([[name, "ops"], name]);
    expect(await opens(alice, "web")).toEqual([]);
    await takeBack();
    await stack.up(shop());
    expect([await opens(alice, "web", "db"), keysOfAccount()]).toEqual([[], ["ops"]]);
  });

  test("is kept where it is the last key of a machine, unless the program allows the lock-out", async () => {
    const { alice, name } = await stack.up(shop(acceptNew));
    await new Client(emulator).create({ name: "by-hand", "ssh-keys": [{ name }] });
    const said = await stack.failure(stack.up(shop()));
    expect(said).toMatch(/ {2}by-hand {2}ch-gva-2 .* is the last key known to open debian@.*allowLockout: true/);
    expect(await opens(alice, "by-hand")).toEqual(["by-hand"]);
    await stack.up(shop({ ...acceptNew, allowLockout: true }));
    await stack.up(shop());
    expect([await opens(alice, "web", "db", "by-hand"), keysOfAccount()]).toEqual([[], ["ops"]]);
  });

  test("needs no private half where a connection logs in", async () => {
    const { line: publicKey } = await publicKeyOf(join(folder, "carol"));
    const privateKey = readFileSync(join(folder, "carol"), "utf8");
    const { ops } = await stack.up(shop({ publicKey }));
    await stack.up(shop({ publicKey, connection: { privateKey: String(ops) } }));
    expect(await opens(privateKey, "web", "db")).toEqual(["web", "db"]);
    await stack.up(shop());
    expect([await opens(privateKey, "web", "db"), await opens(ops, "web", "db")]).toEqual([[], ["web", "db"]]);
  });
});

describe("a pair that is rotated while an instance pool holds it", () => {
  test("is the new key in the list of the pool, on its member, and on the members to come", async () => {
    const first = await stack.up(shop({ ...acceptNew, triggers: [1] }));
    const pool = await makePool(first["name"]);
    const second = await stack.up(shop({ ...acceptNew, triggers: [2] }));
    expect(await pool.keys()).toEqual([{ name: second["name"] }]);
    await new Client(emulator).settle("PUT", `/instance-pool/${pool.id}:scale`, { size: 2 });
    const everywhere = ["web", "db", ...(await pool.members())];
    expect(everywhere).toHaveLength(4);
    expect([await opens(first["alice"], ...everywhere), await opens(second["alice"], ...everywhere)]).toEqual([
      [],
      everywhere,
    ]);
  });
});

describe("after a rotation the deletion of the old pair", () => {
  const deployed = (issue: number, onDelete: "warn" | "refuse") => async () => {
    const deploy = new SshKeyPair("deploy", { triggers: [issue], onDelete });
    const connection = { privateKey: deploy.privateKeyOpenssh };
    new Instance("web", { ...machine, name: "web", sshKeys: [deploy], connection, waitForSsh: true });
    return { name: deploy.name, privateKey: deploy.privateKeyOpenssh };
  };

  test.each(["warn", "refuse"] as const)("has nothing to %s of, where every machine is proven closed", async (how) => {
    await stack.up(deployed(1, how));
    const before = stack.output.length;
    const { name } = await stack.up(deployed(2, how));
    expect(warningsIn(stack.output.slice(before)).join("\n")).not.toMatch(/not revoked|still opens/);
    expect(keysOfAccount()).toEqual([name]);
  });

  test("names a machine that the program knows nothing of, and no other", async () => {
    const first = await stack.up(deployed(1, "warn"));
    await new Client(emulator).create({ name: "by-hand", "ssh-keys": [{ name: first["name"] }] });
    const before = stack.output.length;
    await stack.up(deployed(2, "warn"));
    const said = stack.output.slice(before).replace(/\s+/g, " ");
    expect(said).toMatch(
      /is deleted from the account but not revoked: it still opens by-hand \(ch-gva-2, 127\.\S+\)\. /,
    );
    expect(await opens(first["privateKey"], "web", "by-hand")).toEqual(["by-hand"]);
  });
});
