import { acceptNew, useAlicesShop } from "./alices_shop";

jest.setTimeout(240_000);

const { emulator, stack, shop, idOf, opens, keysOfAccount, makePool } = useAlicesShop();

describe("a pair with onDelete revoke that leaves the program", () => {
  test("no longer opens a machine in any zone, pool members included, and everyone else logs in", async () => {
    const { alice, ops, name } = await stack.up(shop(acceptNew));
    const pool = await makePool("ops", name);
    const everywhere = ["web", "db", ...(await pool.members())];
    expect(await opens(alice, ...everywhere)).toEqual(everywhere);
    await stack.up(shop());
    expect(await opens(alice, ...everywhere)).toEqual([]);
    expect(await opens(ops, ...everywhere)).toEqual(everywhere);
    expect([keysOfAccount(), await pool.keys()]).toEqual([["ops"], [{ name: "ops" }]]);
  });

  test("stays in account and state while a machine is unreachable, and is revoked when it is reachable", async () => {
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
});
