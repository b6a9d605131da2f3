/** Security groups, anti-affinity groups and templates, as in the API document. */
import { closeAll, start } from "../world";

afterEach(closeAll);

const none = { guests: "none" } as const;
const SSH = { "flow-direction": "ingress", protocol: "tcp", network: "0.0.0.0/0", "start-port": 22, "end-port": 22 };

test("adds and removes a rule of a security group", async () => {
  const { client } = await start(none);
  const { reference } = await client.settle("POST", "/security-group", { name: "ssh" });
  await client.settle("POST", `/security-group/${reference.id}/rules`, SSH);
  const [rule] = (await client.get(`/security-group/${reference.id}`)).rules;
  expect(rule).toMatchObject(SSH);
  await client.settle("DELETE", `/security-group/${reference.id}/rules/${rule.id}`);
  expect((await client.get(`/security-group/${reference.id}`)).rules).toEqual([]);
});

test.each([
  { protocol: "tcp" },
  { ...SSH, protocol: "sctp" },
  { ...SSH, network: "anywhere" },
  { ...SSH, "end-port": 70_000 },
])("refuses a rule that breaks a constraint: %j", async (rule) => {
  const { client } = await start(none);
  const { reference } = await client.settle("POST", "/security-group", { name: "ssh" });
  expect((await client.send("POST", `/security-group/${reference.id}/rules`, rule)).status).toBe(400);
});

test("attaches a group to a running instance and refuses to delete it while it is in use", async () => {
  const { client } = await start(none);
  const { reference } = await client.settle("POST", "/security-group", { name: "ssh" });
  const { id } = await client.create();
  await client.settle("PUT", `/security-group/${reference.id}:attach`, { instance: { id } });
  expect((await client.get(`/instance/${id}`))["security-groups"]).toHaveLength(2);
  expect((await client.send("DELETE", `/security-group/${reference.id}`)).status).toBe(409);
  await client.settle("PUT", `/security-group/${reference.id}:detach`, { instance: { id } });
  expect((await client.settle("DELETE", `/security-group/${reference.id}`)).state).toBe("success");
});

test("lists the members of an anti-affinity group", async () => {
  const { client } = await start(none);
  const { reference } = await client.settle("POST", "/anti-affinity-group", { name: "apart" });
  const { id } = await client.create({ "anti-affinity-groups": [{ id: reference.id }] });
  expect((await client.get(`/anti-affinity-group/${reference.id}`)).instances).toEqual([{ id }]);
  expect((await client.send("DELETE", `/anti-affinity-group/${reference.id}`)).status).toBe(409);
});

test("lists private templates only when they are asked for", async () => {
  const { client } = await start(none);
  const names = async (path: string) => (await client.get(path)).templates.map(({ name }: { name: string }) => name);
  expect(await names("/template?visibility=private")).toEqual(["golden-image"]);
  expect(await names("/template")).not.toContain("golden-image");
  expect(await names("/template?visibility=public&family=Linux%20Ubuntu")).toHaveLength(2);
});
