import { end } from "./end";
import { declare } from "./fronts";
import { machine } from "./known_machine";
import { plugin } from "./plugin_resources";
import { TestStack } from "./stack";
import { useStack } from "./use_stack";

jest.setTimeout(120_000);

const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE7hk9PA2LBXGM5fDY9WlzMJKTeqHhYePGdcJGqfvBIe carol@example";

const { emulator, stack } = useStack({ guests: "none" });
/** What another program made, and this one takes over. */
let made: Record<string, unknown>;

beforeAll(async () => {
  const other = await TestStack.create(emulator);
  made = await other.up(async () => {
    plugin("SshKeyPair", "carol", { name: "carol", publicKey });
    const ssh = plugin("SecurityGroup", "ssh", {
      name: "ssh",
      rules: [{ protocol: "tcp", startPort: 22, network: "192.0.2.0/24" }],
    });
    const args = {
      ...machine,
      name: "web",
      sshKeys: [{ name: "carol" }],
      securityGroups: [ssh.id],
      labels: { a: "b" },
    };
    const web = plugin("Instance", "web", args, { dependsOn: [ssh] });
    return { ssh: ssh.id, web: web.id };
  });
  await end(other);
});

const program = async () => {
  plugin("SshKeyPair", "carol", { name: "carol", publicKey });
  const rules = [{ protocol: "tcp", startPort: 22, network: "192.0.2.0/24" }];
  const ssh = plugin("SecurityGroup", "ssh", { name: "ssh", rules });
  const args = { ...machine, name: "web", sshKeys: [{ name: "carol" }], securityGroups: [ssh.id], labels: { a: "b" } };
  plugin("Instance", "web", args);
};

async function imported(type: string, name: string, id: unknown): Promise<void> {
  const options = ["--yes", "--protect=false", "--generate-code=false"];
  await stack.pulumi("import", `exoscale-ssh:index:${type}`, name, String(id), ...options);
}

describe("pulumi import imports", () => {
  test("a key by its name, a group by its id and an instance by its zone and id", async () => {
    const before = emulator.requests.length;
    await imported("SshKeyPair", "carol", "carol");
    await imported("SecurityGroup", "ssh", made["ssh"]);
    await imported("Instance", "web", made["web"]);
    expect(Object.keys(stack.state())).toEqual(["carol", "ssh", "web"]);
    expect(emulator.requests.slice(before).filter(({ method }) => method !== "GET")).toEqual([]);
  });

  test("objects so that the program that describes them has nothing to change", async () => {
    expect(await stack.preview(program)).toEqual({ same: 4 });
  });

  test("a key whose outputs a refresh fills in after the program gave its public key", async () => {
    await stack.up(program);
    await stack.refresh();
    expect(stack.state()["carol"]?.outputs).toMatchObject({ publicKeyOpenssh: publicKey, algorithm: "ed25519" });
    expect(await stack.preview(program)).toEqual({ same: 4 });
  });

  test("an old key whose name no new key can have, and deletes it", async () => {
    const name = "Alice Example";
    emulator.cloud.swapKey(name, publicKey.replace("carol", "alice"));
    const other = await TestStack.create(emulator);
    const options = ["--yes", "--protect=false", "--generate-code=false"];
    await other.pulumi("import", "exoscale-ssh:index:SshKeyPair", "alice", name, ...options);
    expect(await other.preview(async () => void plugin("SshKeyPair", "alice", { name, publicKey }))).toEqual({
      same: 2,
    });
    await other.destroy();
    await end(other);
    expect(emulator.cloud.keys.map((key) => key.name)).not.toContain(name);
  });

  test("no object that the account does not have", async () => {
    const said = await stack.failure(imported("SshKeyPair", "dave", "dave"));
    expect(said).toContain("resource 'dave' does not exist");
  });

  test("no key on a host, because its id does not contain it, and names the alternative", async () => {
    const said = await stack.failure(imported("AuthorizedKey", "dave", "root/SHA256:abc"));
    expect(said).toContain("Declare it instead");
  });
});

test("Imported objects move to the classes of the package without a change in the account", async () => {
  const before = emulator.requests.length;
  await stack.up(async () => {
    declare("dynamic", "SshKeyPair", "carol", { name: "carol", publicKey });
    const rules = [{ protocol: "tcp", startPort: 22, network: "192.0.2.0/24" }];
    const ssh = declare("dynamic", "SecurityGroup", "ssh", { name: "ssh", rules });
    const args = { name: "web", sshKeys: [{ name: "carol" }], securityGroups: [ssh.id], labels: { a: "b" } };
    declare("dynamic", "Instance", "web", { ...machine, ...args });
  });
  expect(stack.state()["web"]).toMatchObject({ type: "pulumi-nodejs:dynamic/exoscale-ssh:Instance", id: made["web"] });
  expect(emulator.requests.slice(before).filter(({ method }) => method !== "GET")).toEqual([]);
});

describe("the option import", () => {
  test("imports a key that the program describes, in one run", async () => {
    const other = await TestStack.create(emulator);
    const taken = async () => {
      const carol = plugin("SshKeyPair", "carol", { name: "carol", publicKey }, { import: "carol" });
      return { fingerprint: carol["publicKeyFingerprintMd5"] };
    };
    const before = emulator.requests.length;
    const { fingerprint } = await other.up(taken);
    expect(fingerprint).toBe("dd:9e:5c:01:0c:b7:09:d0:34:04:17:ca:7c:0d:b7:71");
    expect(emulator.requests.slice(before).filter(({ method }) => method !== "GET")).toEqual([]);
    await end(other);
  });
});
