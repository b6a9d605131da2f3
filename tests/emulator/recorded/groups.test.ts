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
  expect((await client.get(`/security-group/${reference.id}`)).rules).toBeUndefined();
});

test("shows a group's visibility, and leaves out what would be empty, as recorded on the wire", async () => {
  const { client } = await start(none);
  const { reference } = await client.settle("POST", "/security-group", { name: "ssh" });
  const shown = { id: reference.id, name: "ssh", visibility: "private" };
  expect(await client.get(`/security-group/${reference.id}`)).toEqual(shown);
  const [byDefault, ssh] = (await client.get("/security-group"))["security-groups"];
  expect([byDefault.description, ssh]).toEqual(["Default Security Group", shown]);
});

test("shows the id and the name of the group that a rule is about, as recorded on the wire", async () => {
  const { client } = await start(none);
  const { reference } = await client.settle("POST", "/security-group", { name: "web" });
  const source = { "security-group": { id: reference.id } };
  const rule = { "flow-direction": "ingress", protocol: "all", ...source };
  await client.settle("POST", `/security-group/${reference.id}/rules`, rule);
  const { rules } = await client.get(`/security-group/${reference.id}`);
  expect(rules[0]["security-group"]).toEqual({ id: reference.id, name: "web" });
});

test("shows a template with the members that were recorded on the wire", async () => {
  const { client } = await start(none);
  const [template] = (await client.get("/template")).templates;
  expect(Object.keys(template).sort()).toEqual([
    "application-consistent-snapshot-enabled",
    "boot-mode",
    "build",
    "checksum",
    "created-at",
    "default-user",
    "description",
    "family",
    "id",
    "maintainer",
    "name",
    "password-enabled",
    "size",
    "ssh-key-enabled",
    "version",
    "visibility",
  ]);
  expect(await client.get(`/template/${template.id}`)).toEqual(template);
});

test.each([
  ["micro", "71004023-bb72-4a97-b1e9-bc66dfce9470"],
  ["tiny", "b6cd1ff5-3a2f-4e9d-a4d1-8988c1191fe8"],
  ["small", "21624abb-764e-4def-81d7-9fc54b5957fb"],
  ["medium", "b6e9d1e8-89fc-4db3-aaa4-9b4c5b1d0844"],
  ["large", "c6f99499-7f59-4138-9427-a09db13af2bc"],
])("has the type standard.%s under Exoscale's own id, which is public", async (size, id) => {
  const { client } = await start(none);
  expect(await client.get(`/instance-type/${id}`)).toMatchObject({ id, family: "standard", size });
});

test("shows the number of GPUs of a type that has some, and of no other", async () => {
  const { client } = await start(none);
  const { "instance-types": types } = await client.get("/instance-type");
  const withGpus = types.filter(({ gpus }: { gpus?: number }) => gpus !== undefined);
  expect(withGpus.map(({ family, gpus }: Record<string, unknown>) => [family, gpus])).toEqual([["gpu2", 1]]);
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
