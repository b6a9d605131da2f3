/** Instance pools. That an update takes absent keys for none is what a client works around; the rest is documented. */
import { type Client, closeAll, start } from "../world";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

afterEach(closeAll);

async function poolOf(client: Client, size: number): Promise<string> {
  await client.register("alice", KEY);
  const order = await client.order({ name: "workers", size, "ssh-keys": [{ name: "alice" }] });
  return (await client.settle("POST", "/instance-pool", order)).reference.id;
}

test("makes members that carry the pool's key and name it as their manager", async () => {
  const { client } = await start({ guests: "none" });
  const id = await poolOf(client, 2);
  const { instances } = await client.get(`/instance?manager-id=${id}`);
  expect(instances).toHaveLength(2);
  expect(instances[0]).toMatchObject({ manager: { type: "instance-pool", id }, "ssh-key": { name: "alice" } });
});

test("loses its keys by an update that does not repeat them", async () => {
  const { client } = await start({ guests: "none" });
  const id = await poolOf(client, 1);
  await client.settle("PUT", `/instance-pool/${id}`, { name: "renamed" });
  expect(await client.get(`/instance-pool/${id}`)).toMatchObject({ name: "renamed", "ssh-keys": [] });
});

test("makes a new member with the pool's key in place of a deleted one", async () => {
  const { emulator, client } = await start({ guests: "none" });
  const id = await poolOf(client, 1);
  const [lost] = (await client.get(`/instance-pool/${id}`)).instances;
  await emulator.cloud.destroyInstance(lost.id);
  const [next] = (await client.get(`/instance-pool/${id}`)).instances;
  expect(next.id).not.toBe(lost.id);
  expect((await client.get(`/instance/${next.id}`))["ssh-key"].name).toBe("alice");
});

test("scales, and takes its members with it when it is deleted", async () => {
  const { emulator, client } = await start({ guests: "none" });
  const id = await poolOf(client, 1);
  await client.settle("PUT", `/instance-pool/${id}:scale`, { size: 3 });
  expect(emulator.cloud.instances()).toHaveLength(3);
  await client.settle("DELETE", `/instance-pool/${id}`);
  expect(emulator.cloud.instances()).toEqual([]);
});
