/** The requests that an instance sends to the API over its whole life, and those that it never sends. */
import { resources } from "../../provider/resources";
import { alice, bob } from "./known_keys";
import { machine } from "./known_machine";
import { closeClouds, startCloud } from "./world";

const { Instance } = resources;

afterEach(closeClouds);

test("No change of an instance ever writes a template over its disk", async () => {
  const cloud = await startCloud();
  for (const [name, { line }] of Object.entries({ alice, bob })) cloud.emulator.cloud.swapKey(name, line);
  const first = { ...machine, sshKeys: [{ name: "alice" }], replaceOnKeyChange: true, deletionProtection: true };
  let held = await cloud.run().create(Instance, first);
  const changes = [
    { deletionProtection: false },
    { type: "standard.small" },
    { diskSize: 20 },
    { userData: "#cloud-config\n" },
    { publicIpAssignment: "dual" },
    { state: "stopped" },
    { name: "web-2", labels: { tier: "web" } },
    { sshKeys: [{ name: "bob" }] },
    { template: "Linux Debian 12" },
  ];
  let news: Record<string, unknown> = first;
  for (const change of changes) {
    news = { ...news, ...change };
    const { replaces } = await cloud.run().diff(Instance, held, news);
    const next = replaces.length > 0 ? await cloud.run().create(Instance, news) : undefined;
    if (next) await cloud.run().delete(Instance, held);
    held = next ?? (await cloud.run().update(Instance, held, news));
  }
  await cloud.run().delete(Instance, held);
  expect(cloud.emulator.requests.filter(({ path }) => path.includes(":reset"))).toEqual([]);
  expect(cloud.actions().filter((action) => action === "POST")).toHaveLength(3);
  expect(cloud.emulator.cloud.instances()).toEqual([]);
});
