import type * as pulumi from "@pulumi/pulumi";
import { makeKey, type TestKey } from "../ssh/test_keys";
import { end } from "./end";
import { declare, type Front } from "./fronts";
import { machine } from "./known_machine";
import { logIn } from "./login";
import { TestStack } from "./stack";
import { useStack } from "./use_stack";

/** A machine that somebody made with keys, and that a stack imports. */

jest.setTimeout(240_000);

const { emulator, stack } = useStack({ operationMs: 0, perTest: true });
const people = { ops: makeKey(), leaver: makeKey(), carol: makeKey() };
type Person = keyof typeof people;

const rules = [{ protocol: "tcp", startPort: 22, endPort: 22, network: "0.0.0.0/0" }];

/** The pairs of these people, the group and the machine that the people may log in to. `refer` is an entry of its list. */
const shop =
  (front: Front, who: readonly Person[], refer = (pair: pulumi.Resource & { name?: unknown }): unknown => pair) =>
  async () => {
    const pairs = who.map((name) => declare(front, "SshKeyPair", name, { name, publicKey: people[name].publicKey }));
    const ssh = declare(front, "SecurityGroup", "ssh", { name: "ssh", rules });
    const web = declare(front, "Instance", "web", {
      ...machine,
      name: "web",
      sshKeys: pairs.map(refer),
      securityGroups: [ssh.id],
      connection: { privateKey: people.ops.privateKey },
    } as pulumi.Inputs);
    return { web: web.id, ssh: ssh.id, sshCommand: web["sshCommand"], stale: web["staleSshKeys"] };
  };

/** Who gets in. */
async function guests(sshCommand: unknown): Promise<Person[]> {
  const entries = Object.entries(people) as [Person, TestKey][];
  const users = await Promise.all(entries.map(([, { privateKey }]) => logIn({ privateKey, sshCommand }, "whoami")));
  return entries.flatMap(([name], index) => (users[index] === "debian" ? [name] : []));
}

beforeEach(async () => {
  const maker = await TestStack.create(emulator);
  const made = await maker.up(shop("plugin", ["ops", "leaver"]));
  await end(maker);
  emulator.cloud.labelInstance(String(made["web"]).split("/")[1] ?? "", {});
  const options = ["--yes", "--protect=false", "--generate-code=false"];
  const objects = { ops: "ops", leaver: "leaver", ssh: made["ssh"], web: made["web"] };
  const types = { ops: "SshKeyPair", leaver: "SshKeyPair", ssh: "SecurityGroup", web: "Instance" };
  for (const name of Object.keys(objects) as (keyof typeof objects)[]) {
    await stack.pulumi("import", `exoscale-ssh:index:${types[name]}`, name, String(objects[name]), ...options);
  }
});

test("an imported machine refuses the key that is taken out of its list, and takes the one that is added", async () => {
  const { sshCommand } = await stack.up(shop("plugin", ["ops", "leaver"]));
  expect(await guests(sshCommand)).toEqual(["ops", "leaver"]);
  expect(await stack.up(shop("plugin", ["ops"]))).toMatchObject({ stale: [] });
  expect(await guests(sshCommand)).toEqual(["ops"]);
  await stack.up(shop("plugin", ["ops", "carol"], (pair) => pair.name));
  expect(await guests(sshCommand)).toEqual(["ops", "carol"]);
});

test("an imported machine that moves to the classes of the package refuses the key that is taken out", async () => {
  const { sshCommand } = await stack.up(shop("dynamic", ["ops", "leaver"]));
  expect(await guests(sshCommand)).toEqual(["ops", "leaver"]);
  expect(await stack.up(shop("dynamic", ["ops", "carol"]))).toMatchObject({ stale: [] });
  expect(await guests(sshCommand)).toEqual(["ops", "carol"]);
});
