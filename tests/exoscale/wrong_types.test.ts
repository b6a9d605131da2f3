/** Answers whose members have other types than Exoscale's API document says. */
import { AntiAffinityGroups } from "../../provider/exoscale/anti_affinity_groups";
import type { Api } from "../../provider/exoscale/client";
import { InstancePools } from "../../provider/exoscale/instance_pools";
import { InstanceTypes } from "../../provider/exoscale/instance_types";
import { Instances } from "../../provider/exoscale/instances";
import { putAndWait } from "../../provider/exoscale/operation";
import { SecurityGroups } from "../../provider/exoscale/security_groups";
import { SshKeys } from "../../provider/exoscale/ssh_keys";
import { Templates } from "../../provider/exoscale/templates";
import { listZones } from "../../provider/exoscale/zones";
import { closeServers, serve, uuid } from "./scripted_server";

afterEach(closeServers);

type Json = null | boolean | number | string | readonly Json[] | { readonly [member: string]: Json };

const id = uuid(1);
const key = { name: "deploy", fingerprint: "aa:bb" };
const instance = {
  id,
  name: "web",
  state: "running",
  "created-at": "2026-11-22T12:00:00Z",
  "instance-type": { id },
  template: { id },
  "public-ip": "194.182.160.1",
  "ipv6-address": "2001:db8::1",
  "public-ip-assignment": "dual",
  "ssh-keys": [key],
  "ssh-key": key,
  "security-groups": [{ id }],
  "anti-affinity-groups": [{ id }],
  labels: { role: "web" },
  manager: { id, type: "instance-pool" },
  "disk-size": 10,
  "user-data": "I2Nsb3VkLWNvbmZpZw==",
};
const pool = {
  id,
  name: "workers",
  instances: [{ id }],
  "ssh-keys": [{ name: "deploy" }],
  "ssh-key": { name: "deploy" },
  manager: { id, type: "sks-nodepool" },
  template: { id },
};
const type = { id, family: "standard", size: "tiny", cpus: 1, memory: 2 ** 30, authorized: true };
const template = {
  id,
  name: "Linux Debian 13",
  family: "debian",
  "default-user": "debian",
  "ssh-key-enabled": true,
  visibility: "public",
  "created-at": "2026-11-22T12:00:00Z",
  size: 10 * 2 ** 30,
};
const ports = { protocol: "tcp", "start-port": 22, "end-port": 22, network: "0.0.0.0/0", description: "ssh" };
const members = { "security-group": { id, name: "web" }, icmp: { type: 8, code: 0 } };
const group = {
  id,
  name: "web",
  description: "of the shop",
  rules: [{ id, "flow-direction": "ingress", ...ports, ...members }],
};
const rack = { id, name: "rack", instances: [{ id }] };
const failed = {
  id,
  state: "failure",
  reason: "fault",
  message: "No host",
  reference: { id },
  resource: { id },
};

const answers: [what: string, answer: Json, ask: (api: Api) => Promise<unknown>][] = [
  ["the list of instances", { instances: [instance] }, (api) => new Instances(api).list()],
  ["an instance", instance, (api) => new Instances(api).find(id)],
  ["the list of pools", { "instance-pools": [pool] }, (api) => new InstancePools(api).list()],
  ["a pool", pool, (api) => new InstancePools(api).find(id)],
  ["the list of types", { "instance-types": [type] }, (api) => new InstanceTypes(api).list()],
  ["a type", type, (api) => new InstanceTypes(api).find(id)],
  ["the list of templates", { templates: [template] }, (api) => new Templates(api).list("public")],
  ["a template", template, (api) => new Templates(api).find(id)],
  ["the list of keys", { "ssh-keys": [key] }, (api) => new SshKeys(api).list()],
  ["a key", key, (api) => new SshKeys(api).find("deploy")],
  ["the list of groups", { "security-groups": [group] }, (api) => new SecurityGroups(api).list()],
  ["a group", group, (api) => new SecurityGroups(api).find(id)],
  ["the list of racks", { "anti-affinity-groups": [rack] }, (api) => new AntiAffinityGroups(api).list()],
  ["a rack", rack, (api) => new AntiAffinityGroups(api).find(id)],
  ["an operation", { ...failed, state: "success" }, (api) => putAndWait(api, { what: "stop it", path: "/instance/1" })],
];

describe.each(answers)("Of %s", (_, answer, ask) => {
  test("every member of another type is named, at any depth", async () => {
    const wrong = wrongAnswers(answer);
    const server = await serve(...wrong.map(([, json]) => ({ json })));
    const api = server.api({ retry: { tries: 1 } });
    const errors: string[] = [];
    for (const _each of wrong) errors.push(await ask(api).then(String, String));
    const unnamed = errors.flatMap((error, index) => {
      const path = wrong[index]?.[0];
      return error.includes(`: the answer has no valid "${path}"`) ? [] : [`${path}: ${error}`];
    });
    expect(unnamed).toEqual([]);
    expect(wrong.length).toBeGreaterThan(1);
  });

  test("the right types are taken", async () => {
    const server = await serve({ json: answer });
    await expect(ask(server.api())).resolves.toBeDefined();
  });
});

/** Copies of an answer, each with one wrong value, and the path of that value. The answer as a whole is not among them. */
function wrongAnswers(value: Json, path = ""): [path: string, json: Json][] {
  const wrong: [string, Json][] = path === "" ? [] : wrongValues(value).map((each) => [path, each]);
  if (typeof value !== "object" || value === null) return wrong;
  const entries = Object.entries(value).flatMap(([name, inner]) => {
    // The names of labels are the server's, and are not told.
    const at = path.endsWith("labels")
      ? path
      : Array.isArray(value)
        ? `${path}[${name}]`
        : [path, name].filter(Boolean).join(".");
    const replace = (each: Json): Json => (Array.isArray(value) ? [each] : { ...value, [name]: each });
    return wrongAnswers(inner, at).map(([deep, each]): [string, Json] => [deep, replace(each)]);
  });
  // An item of a list may not be null; a member that may be absent may be.
  const nullItems: [string, Json][] = Array.isArray(value) ? [[`${path}[0]`, [null]]] : [];
  return [...wrong, ...entries, ...nullItems];
}

/** Values of other types. */
function wrongValues(value: Json): Json[] {
  if (Array.isArray(value)) return [{}, 5, "text"];
  if (typeof value === "object") return [[], 5, "text"];
  return typeof value === "string" ? [5, {}, ["text"], true] : ["5", {}, [5]];
}

test.each<[string, Json, string]>([
  ["no list", { zones: {} }, "zones"],
  ["an item that is null", { zones: [null] }, "zones[0]"],
  ["a number as endpoint", { zones: [{ name: "ch-gva-2", "api-endpoint": 5 }] }, "zones[0].api-endpoint"],
  ["a name with an escape sequence", { zones: [{ name: "\u001b[2J", "api-endpoint": "x" }] }, "zones[0].name"],
])("A list of zones with %s is refused", async (_, json, path) => {
  const server = await serve({ json });
  await expect(listZones(server.endpoint)).rejects.toThrow(
    `Exoscale answered 200 to GET /zone: the answer has no valid "${path}"`,
  );
});

test.each(["5", '"text"', "null", "true", "[]"])("An answer that is %s is refused", async (text) => {
  const server = await serve({ text });
  await expect(new Instances(server.api()).list()).rejects.toThrow("an answer that is not JSON");
});

test("A number that is no number of JSON, and an id that is no UUID, are refused", async () => {
  const server = await serve(
    { text: '{"id":"../ssh-key","name":"web","state":"running"}' },
    { text: '{"instances":[NaN]}' },
  );
  const instances = new Instances(server.api());
  await expect(instances.find(id)).rejects.toThrow('the answer has no valid "id"');
  await expect(instances.list()).rejects.toThrow("an answer that is not JSON");
});
