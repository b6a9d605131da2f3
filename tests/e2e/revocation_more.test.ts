import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Instance, SshKeyPair } from "pulumi-exoscale-ssh";
import { Client } from "../emulator/world";
import { acceptNew, useAlicesShop } from "./alices_shop";
import { publicKeyOf } from "./key_files";
import { machine } from "./known_machine";

jest.setTimeout(240_000);

const { emulator, stack, shop, opens, keysOfAccount, makePool } = useAlicesShop();
/** Where somebody keeps a key made with ssh-keygen. */
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "exoscale-ssh-keys-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the last command said, of keys and machines alone. */
const warningsIn = (text: string) => text.split("\n").filter((line) => /warning: (?!using)/.test(line));

describe("a pair with onDelete revoke that leaves the program", () => {
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
