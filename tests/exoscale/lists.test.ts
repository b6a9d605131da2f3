import { AntiAffinityGroups } from "../../provider/exoscale/anti_affinity_groups";
import type { Api } from "../../provider/exoscale/client";
import { InstancePools } from "../../provider/exoscale/instance_pools";
import { InstanceTypes } from "../../provider/exoscale/instance_types";
import { Instances } from "../../provider/exoscale/instances";
import { SecurityGroups } from "../../provider/exoscale/security_groups";
import { SshKeys } from "../../provider/exoscale/ssh_keys";
import { Templates } from "../../provider/exoscale/templates";
import { listZones } from "../../provider/exoscale/zones";
import { type Answer, closeServers, operation, serve, uuid } from "./scripted_server";

afterEach(closeServers);

const keys = (...names: string[]): Answer => ({
  json: { "ssh-keys": names.map((name) => ({ name, fingerprint: "aa" })) },
});

test("sends one request for a list that many read at the same time", async () => {
  const server = await serve(keys("deploy"));
  const sshKeys = new SshKeys(server.api());
  const lists = await Promise.all(Array.from({ length: 100 }, () => sshKeys.list()));
  expect(new Set(lists.map((list) => list[0]?.name))).toEqual(new Set(["deploy"]));
  expect(server.received).toHaveLength(1);
});

test("sends another request for a list whose answer has come", async () => {
  const server = await serve(keys("deploy"), keys());
  const sshKeys = new SshKeys(server.api());
  await sshKeys.list();
  expect(await sshKeys.list()).toEqual([]);
});

test("does not share an answer from before a change with a read after it", async () => {
  let answerFirst = () => {};
  const held = new Promise<void>((resolve) => {
    answerFirst = resolve;
  });
  const server = await serve(() => held.then(() => keys("old")), operation("success"), keys("new"));
  const sshKeys = new SshKeys(server.api());
  const early = sshKeys.list();
  while (server.received.length === 0) await new Promise(setImmediate);
  await sshKeys.remove("old");
  expect((await sshKeys.list())[0]?.name).toBe("new");
  answerFirst();
  expect((await early)[0]?.name).toBe("old");
});

test("searches for what a lost reply hides in a list that is read after it", async () => {
  let answerFirst = () => {};
  const held = new Promise<void>((resolve) => {
    answerFirst = resolve;
  });
  const web = { id: uuid(1), name: "web" };
  const server = await serve(
    () => held.then(() => ({ json: { "security-groups": [] } })),
    "break",
    { json: { "security-groups": [web] } },
    { json: web },
  );
  const groups = new SecurityGroups(server.api());
  const early = groups.list();
  while (server.received.length === 0) await new Promise(setImmediate);
  expect(await groups.create({ name: "web" }, { others: [] })).toBe(uuid(1));
  answerFirst();
  await early;
});

test("shares no answer between lists with different queries", async () => {
  const server = await serve({ json: { templates: [] } }, { json: { templates: [] } });
  const templates = new Templates(server.api());
  await Promise.all([templates.list("public"), templates.list("private")]);
  expect(server.lines().sort()).toEqual(["GET /template?visibility=private", "GET /template?visibility=public"]);
});

test("fails for everyone who shares a failing list, and sends a new request afterwards", async () => {
  const server = await serve({ status: 403 }, keys());
  const sshKeys = new SshKeys(server.api());
  const results = await Promise.allSettled([sshKeys.list(), sshKeys.list()]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await sshKeys.list()).toEqual([]);
});

test("does not take an answer without a list for an empty list", async () => {
  const server = await serve({ json: {} });
  await expect(new Instances(server.api()).list()).rejects.toThrow('the answer has no valid "instances"');
});

const shell = { id: uuid(1), name: "web", state: "running" };
test.each<[string, object, string]>([
  ["an instance", {}, "id"],
  ["an instance without a state", { id: uuid(1), name: "web" }, "state"],
  ["an instance with a nameless key", { ...shell, "ssh-keys": [{ name: "a" }, {}] }, "ssh-keys[1].name"],
  ["an instance with a template without an id", { ...shell, template: {} }, "template.id"],
])("does not take %s for what was asked for when members are missing", async (_, json, member) => {
  const server = await serve({ json });
  const failing = new Instances(server.api()).find(uuid(1));
  await expect(failing).rejects.toThrow(
    `Could not read instance ${uuid(1)}: Exoscale answered 200 to GET /instance/${uuid(1)}: ` +
      `the answer has no valid "${member}". This does not look like Exoscale's API: check that the endpoint is right and ends in /v2.`,
  );
});

test("takes an instance that lacks what the API's document makes optional", async () => {
  const answer = { ...shell, labels: null, "ssh-key": null };
  const server = await serve({ json: answer });
  expect(await new Instances(server.api()).find(uuid(1))).toEqual(answer);
});

const lists: Record<string, (api: Api) => Promise<unknown>> = {
  instances: (api) => new Instances(api).list(),
  "instance-pools": (api) => new InstancePools(api).list(),
  "instance-types": (api) => new InstanceTypes(api).list(),
  templates: (api) => new Templates(api).list("public"),
  "ssh-keys": (api) => new SshKeys(api).list(),
  "security-groups": (api) => new SecurityGroups(api).list(),
  "anti-affinity-groups": (api) => new AntiAffinityGroups(api).list(),
};

test.each(Object.entries(lists))("does not take an item without members for one of the %s", async (property, list) => {
  const server = await serve({ json: { [property]: [{}] } });
  await expect(list(server.api())).rejects.toThrow(`the answer has no valid "${property}[0].`);
});

const objects: Record<string, (api: Api) => Promise<unknown>> = {
  "instance pool": (api) => new InstancePools(api).find(uuid(1)),
  "instance type": (api) => new InstanceTypes(api).find(uuid(1)),
  template: (api) => new Templates(api).find(uuid(1)),
  "SSH key": (api) => new SshKeys(api).find("deploy"),
  "security group": (api) => new SecurityGroups(api).find(uuid(1)),
  "anti-affinity group": (api) => new AntiAffinityGroups(api).find(uuid(1)),
};

test.each(Object.entries(objects))("does not take an answer without members for the %s", async (kind, find) => {
  const server = await serve({ json: {} });
  const failing = find(server.api());
  await expect(failing).rejects.toThrow(`Could not read ${kind}`);
  await expect(failing).rejects.toMatchObject({ status: 200 });
});

test("does not take a zone without an endpoint for one", async () => {
  const server = await serve({ json: { zones: [{ name: "ch-gva-2" }] } });
  await expect(listZones(server.endpoint)).rejects.toThrow('the answer has no valid "zones[0].api-endpoint"');
});

test("lists the zones without a signature", async () => {
  const zone = { name: "ch-gva-2", "api-endpoint": "https://api-ch-gva-2.exoscale.com/v2" };
  const server = await serve({ json: { zones: [zone] } });
  expect(await listZones(server.endpoint)).toEqual([zone]);
  expect(server.received[0]?.headers.authorization).toBeUndefined();
});

test("sends the keys with every update of a pool, because their absence would clear them", async () => {
  const server = await serve(operation("success"));
  await new InstancePools(server.api()).update(uuid(1), { "ssh-keys": [{ name: "deploy" }] });
  expect(server.lines()).toEqual([`PUT /instance-pool/${uuid(1)}`]);
  expect(server.received[0]?.body).toBe('{"ssh-keys":[{"name":"deploy"}]}');
});

test("lists pools and anti-affinity groups", async () => {
  const server = await serve({ json: { "instance-pools": [] } }, { json: { "anti-affinity-groups": [] } });
  const api = server.api();
  expect(await new InstancePools(api).list()).toEqual([]);
  expect(await new AntiAffinityGroups(api).list()).toEqual([]);
});
