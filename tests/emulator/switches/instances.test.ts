/** The settings for instances, with each of their values. */
import { closeAll, start } from "../world";

afterEach(closeAll);

const none = { guests: "none" } as const;

test.each([
  ["accepted", 200],
  ["refused", 403],
] as const)("protectedStop: a protected instance can be stopped, or not: %s", async (protectedStop, status) => {
  const { client } = await start({ ...none, settings: { protectedStop } });
  const { id } = await client.create();
  await client.settle("PUT", `/instance/${id}:add-protection`);
  expect((await client.send("PUT", `/instance/${id}:stop`)).status).toBe(status);
});

test.each([
  ["accepted", 200, "none"],
  ["refused", 409, "inet4"],
  ["ignored", 200, "inet4"],
] as const)(
  "privateSwitch: an instance gives up its public address, or keeps it: %s",
  async (privateSwitch, status, after) => {
    const { client } = await start({ ...none, settings: { privateSwitch } });
    const { id } = await client.create();
    expect((await client.send("PUT", `/instance/${id}`, { "public-ip-assignment": "none" })).status).toBe(status);
    await client.settle("PUT", `/instance/${id}`, { name: "later" });
    expect((await client.get(`/instance/${id}`))["public-ip-assignment"]).toBe(after);
  },
);

test.each([
  ["accepted", 200],
  ["refused", 400],
] as const)(
  "familyChange: a standard instance gets a type of the family memory, or not: %s",
  async (familyChange, status) => {
    const { client } = await start({ ...none, settings: { familyChange } });
    const { id } = await client.create({ "auto-start": false });
    const { "instance-types": types } = await client.get("/instance-type");
    const { id: typeId } = types.find(({ family }: { family: string }) => family === "memory");
    const scaled = await client.send("PUT", `/instance/${id}:scale`, { "instance-type": { id: typeId } });
    expect(scaled.status).toBe(status);
  },
);
