import { end } from "./end";
import { machine } from "./known_machine";
import { PluginProvider, plugin } from "./plugin_resources";
import { TestStack } from "./stack";
import { useStack } from "./use_stack";

jest.setTimeout(120_000);

const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE7hk9PA2LBXGM5fDY9WlzMJKTeqHhYePGdcJGqfvBIe carol@example";

const { emulator, stack } = useStack({ guests: "none" });

const shop = (pair: object, web: object = {}) => {
  return async () => {
    const alice = plugin("SshKeyPair", "alice", pair);
    const sshKeys = [{ name: alice["name"], publicKeyOpenssh: alice["publicKeyOpenssh"] }];
    const made = plugin("Instance", "web", { ...machine, sshKeys, ...web });
    return { instanceId: made["instanceId"], sshCommand: made["sshCommand"] };
  };
};

describe("A preview of the plugin", () => {
  test("knows the name of a new pair, and not its keys", async () => {
    expect(await stack.preview(shop({}))).toEqual({ create: 3 });
    expect(stack.output).toMatch(/name +: "alice-[0-9a-f]{7}"/);
    expect(stack.output).toContain("[unknown]");
  });

  test("shows no change of a machine if only onDelete of its pair changes", async () => {
    await stack.up(shop({}));
    expect(await stack.preview(shop({ onDelete: "refuse" }))).toEqual({ same: 2, update: 1 });
  });

  test("shows the path of a change inside an input", async () => {
    await stack.up(shop({}, { labels: { env: "test", team: "shop" } }));
    await stack.preview(shop({}, { labels: { env: "production", team: "shop" } }));
    expect(stack.output).toMatch(/labels: \{\s+~ env: "test" => "production"/);
  });

  test("shows a replacement if an input cannot change in place", async () => {
    expect(
      await stack.preview(shop({}, { diskSize: 20, zone: "ch-gva-2", template: "Linux Ubuntu 24.04 LTS 64-bit" })),
    ).toMatchObject({ replace: 1 });
  });

  test("applies replaceOnChanges, ignoreChanges and unknown outputs of an update", async () => {
    const ignoring = async () => {
      const alice = plugin(
        "SshKeyPair",
        "alice",
        { comment: "x", onDelete: "refuse" },
        { ignoreChanges: ["comment", "onDelete"] },
      );
      const sshKeys = [{ name: alice["name"], publicKeyOpenssh: alice["publicKeyOpenssh"] }];
      plugin(
        "Instance",
        "web",
        { ...machine, sshKeys, labels: { env: "test" } },
        { replaceOnChanges: ["labels.team"] },
      );
    };
    expect(await stack.preview(ignoring)).toEqual({ same: 2, replace: 1 });
  });
});

test("A pair that the stack always gives the same name is not deleted before its replacement", async () => {
  const own = await TestStack.create(emulator);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is Pulumi's way to write a pattern
  await own.pulumi("config", "set", "--path", "pulumi:autonaming.pattern", "${name}-dev");
  const bob = (issue: string) => async () => void plugin("SshKeyPair", "bob", { triggers: [issue] });
  await own.up(bob("1"));
  expect(await own.failure(own.preview(bob("2")))).toMatch(
    /replaces SSH key "bob-dev".*everybody who depends on it is locked/s,
  );
  await end(own);
});

describe("The first preview of a program", () => {
  test("passes the names of new objects to inputs that take a name", async () => {
    const own = await TestStack.create(emulator);
    const first = async () => {
      const key = plugin("SshKeyPair", "key", { publicKey });
      const group = plugin("SecurityGroup", "ssh", { rules: [] });
      plugin("Instance", "web", { ...machine, sshKeys: [{ name: key["name"] }], securityGroups: [group["name"]] });
    };
    expect(await own.preview(first)).toEqual({ create: 4 });
    await own.up(first);
    expect(await own.preview(first)).toEqual({ same: 4 });
    await end(own);
  });

  test("passes a key of one provider to an instance of another one", async () => {
    const own = await TestStack.create(emulator);
    const first = async () => {
      const key = plugin("SshKeyPair", "key", { name: "shared", publicKey });
      const provider = new PluginProvider("other", { zone: "ch-gva-2" });
      const sshKeys = [{ name: key["name"], publicKeyOpenssh: key["publicKeyOpenssh"] }];
      plugin("Instance", "web", { ...machine, sshKeys }, { provider });
    };
    expect(await own.preview(first)).toEqual({ create: 4 });
    await own.up(first);
    expect(await own.preview(first)).toEqual({ same: 4 });
    await end(own);
  });
});
