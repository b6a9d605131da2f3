import * as pulumi from "@pulumi/pulumi";
import {
  AuthorizedKey,
  type AuthorizedKeyArgs,
  allowSsh,
  Instance,
  type InstanceArgs,
  SecurityGroup,
  SshKeyPair,
} from "../../provider";
import { unnamedMachine as machine } from "../resources/known_machine";

/** What the program registers with the engine for each resource, by logical name. */
const registered = new Map<string, pulumi.runtime.MockResourceArgs>();

beforeAll(async () => {
  await pulumi.runtime.setMocks(
    {
      newResource(resource) {
        registered.set(resource.name, resource);
        const made = { name: `${resource.name}-1234567`, publicKeyOpenssh: `ssh-ed25519 ${resource.name}` };
        return { id: `id-of-${resource.name}`, state: { ...resource.inputs, ...made } };
      },
      call: ({ inputs }) => inputs,
    },
    "shop",
    "prod",
  );
});

const connection = { user: "ops", host: "192.0.2.1" };

describe("A class registers with Pulumi", () => {
  test.each([
    ["SshKeyPair", (name: string) => new SshKeyPair(name)],
    ["Instance", (name: string) => new Instance(name, machine)],
    ["SecurityGroup", (name: string) => new SecurityGroup(name)],
    ["AuthorizedKey", (name: string) => new AuthorizedKey(name, { connection, publicKey: "ssh-ed25519 AAAA" })],
  ])("a readable type for %s", async (type, make) => {
    const { type: token } = await registrationOf(make(`typed-${type}`));
    expect(token).toBe(`pulumi-nodejs:dynamic/exoscale-ssh:${type}`);
  });

  test("the identity of the resource in its program", async () => {
    const { inputs } = await registrationOf(new SshKeyPair("alice"));
    const urn = "urn:pulumi:prod::shop::pulumi-nodejs:dynamic/exoscale-ssh:SshKeyPair::alice";
    expect(inputs.identity).toEqual({ organization: "organization", urn, name: "alice" });
  });

  test("the parent in the identity, because children of two components may have the same name", async () => {
    const parent = new pulumi.ComponentResource("acme:index:Site", "blue");
    const { inputs } = await registrationOf(new SshKeyPair("child", {}, { parent }));
    expect(inputs.identity.urn).toContain("acme:index:Site$pulumi-nodejs:dynamic/exoscale-ssh:SshKeyPair::child");
  });

  test("an identity that does not make the children of one component wait for each other", async () => {
    const parent = new pulumi.ComponentResource("acme:index:Site", "green");
    const pair = new SshKeyPair("first-child", {}, { parent });
    const web = new Instance("second-child", { ...machine, sshKeys: [pair] }, { parent });
    expect((await registrationOf(web)).inputs.identity.urn).toContain("acme:index:Site$");
  });

  test("no pair that Pulumi would delete before its replacement exists, unless the program allows it", () => {
    const options = { deleteBeforeReplace: true };
    expect(() => new SshKeyPair("first", {}, options)).toThrow("locked out");
    expect(() => new SshKeyPair("allowed", { allowLockout: true }, options)).not.toThrow();
    expect(() => new SshKeyPair("public", { publicKey: "ssh-ed25519 AAAA" }, options)).not.toThrow();
  });

  test("no resource with the option import, which Pulumi cannot do for dynamic resources", () => {
    expect(() => new SshKeyPair("existing", {}, { import: "bob" })).toThrow(
      /"existing": the option import.*adopt: true.*plugin pulumi-resource-exoscale-ssh imports.*option id/,
    );
  });

  test("the source text that loads the implementation", async () => {
    const { inputs } = await registrationOf(new SshKeyPair("texted"));
    expect(inputs.__provider).toContain('require("pulumi-exoscale-ssh/dynamic/impl").SshKeyPair.create(inputs)');
  });

  test("the inputs that the program gave, and no others", async () => {
    const { inputs } = await registrationOf(new SshKeyPair("given", { comment: "carol", onDelete: "refuse" }));
    expect(Object.keys(inputs).sort()).toEqual(["__provider", "comment", "identity", "onDelete"]);
  });
});

describe("The provider gets the name and the public key of an instance's keys", () => {
  const alice = { name: "alice-1234567", publicKeyOpenssh: "ssh-ed25519 alice" };
  const pair = () => new SshKeyPair("alice");

  test.each<[string, () => NonNullable<InstanceArgs["sshKeys"]>, object[]]>([
    ["as pairs", () => [pair()], [alice]],
    ["as pairs inside outputs", () => [pulumi.output(pair())], [alice]],
    ["as an output of a list of pairs", () => pulumi.output(Promise.resolve([pair()])), [alice]],
    ["as promises of pairs", () => [Promise.resolve(pair())], [alice]],
    ["as a promise of a list of pairs", () => Promise.resolve([pair()]), [alice]],
    ["as plain references", () => [{ name: "bob" }], [{ name: "bob" }]],
    ["as outputs of references", () => [pulumi.output({ name: "bob" })], [{ name: "bob" }]],
    ["as pairs and references", () => [pair(), { name: "bob" }], [alice, { name: "bob" }]],
  ])("when given %s", async (how, sshKeys, expected) => {
    const { inputs } = await registrationOf(new Instance(`web ${how}`, { ...machine, sshKeys: sshKeys() }));
    expect(inputs.sshKeys).toEqual(expected);
  });
});

describe("The provider gets the public key of an AuthorizedKey as a line", () => {
  const line = "ssh-ed25519 alice";
  const pair = () => new SshKeyPair("alice");

  test.each<[string, () => AuthorizedKeyArgs["publicKey"]]>([
    ["as a pair", pair],
    ["as a pair inside an output", () => pulumi.output(pair())],
    ["as a promise of a pair", () => Promise.resolve(pair())],
    ["as a line", () => line],
    ["as an output of a line", () => pulumi.output(line)],
  ])("when given %s", async (how, publicKey) => {
    const { inputs } = await registrationOf(new AuthorizedKey(`key ${how}`, { connection, publicKey: publicKey() }));
    expect(inputs.publicKey).toBe(line);
  });

  test("when given as an imported pair, before the pair exists", async () => {
    const bob = new SshKeyPair("imported-bob", { publicKey: "ssh-ed25519 AAAA bob" });
    const { inputs } = await registrationOf(new AuthorizedKey("key of bob", { connection, publicKey: bob }));
    expect(inputs.publicKey).toBe("ssh-ed25519 AAAA bob");
  });
});

describe("The provider gets the security groups of an instance by id", () => {
  const group = () => new SecurityGroup("ssh", { rules: allowSsh("0.0.0.0/0") });

  test.each<[string, () => NonNullable<InstanceArgs["securityGroups"]>, string[]]>([
    ["as groups", () => [group()], ["id-of-ssh"]],
    ["as groups inside outputs", () => [pulumi.output(group())], ["id-of-ssh"]],
    ["as promises of groups", () => [Promise.resolve(group())], ["id-of-ssh"]],
    ["as ids and names", () => [group().id, "default"], ["id-of-ssh", "default"]],
  ])("when given %s", async (how, securityGroups, expected) => {
    const { inputs } = await registrationOf(
      new Instance(`grouped ${how}`, { ...machine, securityGroups: securityGroups() }),
    );
    expect(inputs.securityGroups).toEqual(expected);
  });
});

describe("Secret inputs are secrets also if the program passes plain text:", () => {
  test("a private key and a passphrase", async () => {
    const pair = new SshKeyPair("imported", { privateKey: "-----BEGIN", passphrase: "open sesame" });
    expect(await isSecret(pair.privateKey)).toBe(true);
    expect(await isSecret(pair.passphrase)).toBe(true);
  });

  test("a connection and user data", async () => {
    const web = new Instance("secretive", { ...machine, connection: { user: "debian" }, userData: "#cloud-config" });
    expect(await isSecret(web.connection)).toBe(true);
    expect(await isSecret(web.userData)).toBe(true);
  });

  test("the connection of an AuthorizedKey", async () => {
    const key = new AuthorizedKey("on-a-host", { connection, publicKey: "ssh-ed25519 AAAA" });
    expect(await isSecret(key.connection)).toBe(true);
    expect(await isSecret(key.publicKey)).toBe(false);
  });

  test("no other input is a secret", async () => {
    const web = new Instance("open", { ...machine, labels: { team: "shop" } });
    expect(await isSecret(web.labels)).toBe(false);
    expect(await isSecret(web.type)).toBe(false);
  });
});

async function registrationOf(resource: pulumi.Resource): Promise<pulumi.runtime.MockResourceArgs> {
  const urn = await new Promise<string>((resolve) => resource.urn.apply(resolve));
  const found = registered.get(urn.split("::").at(-1) ?? "");
  if (!found) throw new Error(`${urn} was not registered`);
  return found;
}

function isSecret(output: pulumi.Output<unknown>): Promise<boolean> {
  return pulumi.isSecret(output);
}
