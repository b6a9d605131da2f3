import { resources } from "../../provider/resources";
import { Client } from "../emulator/world";
import { machine } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance } = resources;
const safe = { ...machine, deletionProtection: true };
const larger = { ...machine, deletionProtection: false, type: "standard.small" };

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

const refuse = (path: RegExp) =>
  cloud.emulator.faults.add({ kind: "status", status: 409, body: { message: "No capacity" }, method: "PUT", path });

async function deleteThroughApi() {
  return (await new Client(cloud.emulator).send("DELETE", `/instance/${cloud.instance()["id"]}`)).status;
}

describe("An update that removes the protection and then fails", () => {
  test("protects the instance again, because the state still says that it is protected", async () => {
    const last = await cloud.run().create(Instance, safe);
    refuse(/:scale$/);
    await expect(cloud.run().update(Instance, last, larger)).rejects.toThrow(
      /is stopped, and should run: .*No capacity/,
    );
    expect((await cloud.run().diff(Instance, last, safe)).changes).toEqual([]);
    expect(await deleteThroughApi()).toBe(403);
  });

  test("protects the instance again even after the update timed out", async () => {
    // Of all operations only the stop never ends.
    const stallsAfter = (path: string) => path.endsWith(":remove-protection");
    cloud = await startCloud({
      exchange: ({ request: { method, path } }) =>
        method === "PUT" && cloud.emulator.cloud.setOperationMs(stallsAfter(path) ? 600_000 : 0),
    });
    const short = { timeouts: { update: 1 } };
    const last = await cloud.run().create(Instance, { ...safe, ...short });
    await expect(cloud.run().update(Instance, last, { ...larger, ...short })).rejects.toThrow(
      "timeouts: { update: 2 }",
    );
    expect(await deleteThroughApi()).toBe(403);
  });

  test("says what to do if it cannot protect the instance again", async () => {
    const last = await cloud.run().create(Instance, safe);
    refuse(/:scale$/);
    refuse(/:add-protection$/);
    await expect(cloud.run().update(Instance, last, larger)).rejects.toThrow(
      new RegExp(
        '^Instance "web" is stopped, .*No capacity.* It is no longer protected against deletion, though the state says ' +
          `so: Could not protect instance .* exo compute instance update --zone ch-gva-2 ${last.state.instanceId} --protection=true`,
      ),
    );
    expect(await deleteThroughApi()).toBe(200);
  });

  test("leaves an instance whose protection the next update removes", async () => {
    const last = await cloud.run().create(Instance, safe);
    refuse(/:scale$/);
    await expect(cloud.run().update(Instance, last, larger)).rejects.toThrow("No capacity");
    const { state } = await cloud.run().update(Instance, last, larger);
    expect(state).toMatchObject({ type: "standard.small", deletionProtection: false });
    expect(await deleteThroughApi()).toBe(200);
  });
});

test("A failed update that keeps the protection does not set it again", async () => {
  const last = await cloud.run().create(Instance, safe);
  refuse(/:scale$/);
  await expect(cloud.run().update(Instance, last, { ...larger, deletionProtection: true })).rejects.toThrow(
    "No capaci",
  );
  expect(cloud.actions().filter((action) => action.includes("protection"))).toEqual([":add-protection"]);
});
