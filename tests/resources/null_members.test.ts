/** An API that says null for everything that it does not say. */
import { resources } from "../../provider/resources";
import { mapObjects, type RewritingProxy, startProxy } from "../rewriting_proxy";
import { alice } from "./known_keys";
import { machine } from "./known_machine";
import { closeClouds, type Run, startCloud, type TestCloud } from "./world";

const { SshKeyPair, Instance, SecurityGroup } = resources;

/** Members that Exoscale's document makes optional, and that the provider reads. */
const optional = [
  ...["created-at", "public-ip", "ipv6-address", "ssh-keys", "ssh-key", "security-groups", "anti-affinity-groups"],
  ...["labels", "manager", "user-data", "description", "rules", "start-port", "end-port", "icmp", "network"],
  ...[
    "security-group",
    "default-user",
    "visibility",
    "family",
    "instances",
    "reason",
    "message",
    "reference",
    "resource",
  ],
];

let cloud: TestCloud;
let proxy: RewritingProxy;
let run: Run;
beforeEach(async () => {
  cloud = await startCloud({ zones: ["ch-gva-2"] });
  const nulls = Object.fromEntries(optional.map((member) => [member, null]));
  const isObject = (object: object) => "id" in object || "protocol" in object;
  proxy = await startProxy(cloud.emulator.endpoint, (answer) =>
    mapObjects(answer, (object) => (isObject(object) ? { ...nulls, ...object } : object)),
  );
  run = cloud.run({ endpoint: proxy.endpoint });
});
afterEach(async () => {
  proxy.close();
  await closeClouds();
});

test("An instance without keys and labels is made, read, changed and deleted", async () => {
  const last = await run.create(Instance, machine);
  const found = await run.found(Instance, last);
  expect((await run.diff(Instance, found, machine)).changes).toEqual([]);
  const labelled = await run.update(Instance, found, { ...machine, labels: { role: "web" } });
  await run.delete(Instance, await run.update(Instance, labelled, machine));
  expect(cloud.emulator.cloud.instances()).toEqual([]);
});

test.each(["warn", "refuse"] as const)(
  "A key is deleted with onDelete %s beside instances without keys",
  async (onDelete) => {
    await run.create(Instance, machine);
    const key = await run.create(SshKeyPair, { name: "deploy", publicKey: alice.line, onDelete });
    await cloud.run({ endpoint: proxy.endpoint }).delete(SshKeyPair, key);
    expect(cloud.keys()).toEqual([]);
  },
);

test("A group with a rule is made, read, changed and deleted", async () => {
  const [ssh, ping] = [{ protocol: "tcp", startPort: 22 }, { protocol: "icmp" }].map((rule) => ({
    ...rule,
    network: "::/0",
  }));
  const last = await run.create(SecurityGroup, { name: "web", rules: [ssh, ping] });
  const found = await run.found(SecurityGroup, last);
  expect((await run.diff(SecurityGroup, found, { name: "web", rules: [ssh, ping] })).changes).toEqual([]);
  await run.delete(SecurityGroup, await run.update(SecurityGroup, found, { name: "web", rules: [ping] }));
  expect(cloud.actions().at(-1)).toBe("DELETE");
});
