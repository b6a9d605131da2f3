import { Instance, type InstanceArgs, SshKeyPair, type SshKeyPairArgs } from "pulumi-exoscale-ssh";
import { end } from "./end";
import { machine } from "./known_machine";
import { TestStack } from "./stack";
import { useStack } from "./use_stack";

jest.setTimeout(240_000);

const { emulator, stack } = useStack({ guests: "none" });

const site =
  (key: SshKeyPairArgs = {}, web: Partial<InstanceArgs> = {}) =>
  async () => {
    const deploy = new SshKeyPair("deploy", key);
    const instance = new Instance("web", { ...machine, sshKeys: [deploy], ...web });
    return { id: instance.id, name: deploy.name, privateKey: deploy.privateKeyOpenssh };
  };

const keys = () => emulator.cloud.keys.map(({ name }) => name);
const changed = (since: number) => emulator.requests.slice(since).filter(({ method }) => method !== "GET");

describe("With --target", () => {
  let first: Record<string, unknown>;

  test("up changes only the pair and leaves its machine as it is", async () => {
    first = await stack.up(site());
    const since = emulator.requests.length;
    await stack.up(site({ comment: "robot" }, { labels: { team: "shop" } }), { target: [stack.urn("deploy")] });
    expect(stack.state()["deploy"]?.outputs["publicKeyOpenssh"]).toMatch(/ robot$/);
    expect(changed(since)).toEqual([]);
  });

  test("up replaces only the pair, and the next up is refused because of its machine", async () => {
    const program = site({ triggers: ["2026-12"] });
    const { name } = await stack.up(program, { target: [stack.urn("deploy")] });
    expect(keys()).toEqual([name]);
    expect(stack.output).toContain(`SSH key "${first["name"]}" is deleted from the account but not revoked`);
    expect(await stack.failure(stack.preview(program))).toContain("sshKeys of instance");
  });

  test("refresh reads only that resource", async () => {
    const since = emulator.requests.length;
    await stack.refresh({ target: [stack.urn("deploy")] });
    const asked = emulator.requests.slice(since).map(({ path }) => path.split("/")[2]);
    expect(new Set(asked)).toEqual(new Set(["ssh-key"]));
  });

  test("destroy does not delete the pair of a machine without the machine", async () => {
    const said = await stack.failure(stack.destroy({ target: [stack.urn("deploy")] }));
    expect(said).toContain("pass --target-dependents");
    await stack.destroy({ target: [stack.urn("web")] });
    expect([emulator.cloud.instances().length, keys().length]).toEqual([0, 1]);
    await stack.destroy();
  });
});

describe("pulumi state delete", () => {
  let first: Record<string, unknown>;

  test("removes first a machine, then its pair from the state, and leaves both in the account", async () => {
    first = await stack.up(site({ name: "deploy" }));
    const remove = (name: string) => stack.pulumi("state", "delete", stack.urn(name), "--yes");
    expect(await stack.failure(remove("deploy"))).toContain("can't be safely deleted");
    await remove("web");
    await remove("deploy");
    expect([keys(), emulator.cloud.instances().length]).toEqual([["deploy"], 1]);
  });

  test("is undone for a pair by its private key and adopt; a machine is created again", async () => {
    expect(await stack.failure(stack.up(site({ name: "deploy" })))).toContain("API_KEY_NAME_TAKEN");
    const key = { name: "deploy", privateKey: String(first["privateKey"]), adopt: true };
    const again = await stack.up(site(key));
    expect(keys()).toEqual(["deploy"]);
    expect(again["id"]).not.toBe(first["id"]);
    await emulator.cloud.destroyInstance(String(first["id"]).split("/")[1] ?? "");
    await stack.destroy();
  });
});

describe("A stack that moves to another machine", () => {
  let there: TestStack;

  beforeAll(async () => {
    there = await TestStack.create(emulator);
  });

  afterAll(async () => await end(there));

  test("has nothing to change there, and can be updated and destroyed", async () => {
    const first = await stack.up(site({}, { userData: "#!/bin/sh\n# on another machine" }));
    await there.takeStateOf(stack);
    expect(await there.preview(site({}, { userData: "#!/bin/sh\n# on another machine" }))).toEqual({ same: 3 });
    const { id, privateKey } = await there.up(
      site({}, { userData: "#!/bin/sh\n# on another machine", labels: { moved: "yes" } }),
    );
    expect({ id, privateKey }).toEqual({ id: first["id"], privateKey: first["privateKey"] });
    await there.destroy();
    expect([keys(), emulator.cloud.instances()]).toEqual([[], []]);
  });

  test("has nothing in its state about the machine that it came from", async () => {
    const properties = Object.values(stack.state()).map(({ inputs, outputs }) => [inputs, outputs]);
    expect(JSON.stringify(properties)).not.toMatch(/\/tmp\/|\/home\/|\/root\/|node_modules/);
    // The objects were destroyed there; destroying them here succeeds.
    await stack.destroy();
    expect(stack.state()).toEqual({});
  });
});

describe("With --continue-on-error", () => {
  // These programs run in the processes that Pulumi starts. After a failure a newer SDK rejects promises of missing values:
  // those processes handle that, the process of this test does not.
  const three = `
    const { Instance, SshKeyPair } = require("pulumi-exoscale-ssh");
    const deploy = new SshKeyPair("deploy");
    new Instance("web", { ...${JSON.stringify(machine)}, sshKeys: [deploy] });
    new SshKeyPair("refused", { name: "refused" });
  `;

  test("up creates what does not depend on the failure", async () => {
    emulator.cloud.swapKey(
      "refused",
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1vZ0mYt0nq8bG6Zr3cQ6E3S1f3B7bJ0v0b7y0K5c5d",
    );
    stack.writeProgram(three);
    const up = stack.pulumi("up", "--yes", "--skip-preview", "--non-interactive", "--continue-on-error");
    expect(await stack.failure(up)).toContain("API_KEY_NAME_TAKEN");
    expect(Object.keys(stack.state())).toEqual(expect.arrayContaining(["deploy", "web"]));
    emulator.cloud.removeKey("refused");
  });

  test("destroy deletes what it can and keeps the rest in the state", async () => {
    const body = { message: "Forbidden by role policy for compute" };
    emulator.faults.add({ kind: "status", status: 403, body, method: "DELETE", path: /^\/ssh-key\/deploy/ });
    expect(await stack.failure(stack.destroy({ continueOnError: true }))).toContain("API_PERMISSION_DENIED");
    expect(Object.keys(stack.state())).toEqual(["deploy"]);
    await stack.destroy();
  });
});
