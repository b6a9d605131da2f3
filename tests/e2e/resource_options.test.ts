import * as pulumi from "@pulumi/pulumi";
import { Instance, type InstanceArgs, SshKeyPair, type SshKeyPairArgs } from "pulumi-exoscale-ssh";
import { machine } from "./known_machine";
import { useStack } from "./use_stack";

jest.setTimeout(240_000);

const { emulator, stack } = useStack({ guests: "none" });

interface Site {
  key?: SshKeyPairArgs;
  keyOptions?: pulumi.CustomResourceOptions;
  web?: Partial<InstanceArgs>;
  webOptions?: pulumi.CustomResourceOptions;
}

const site =
  ({ key = {}, keyOptions = {}, web = {}, webOptions = {} }: Site = {}) =>
  async () => {
    const deploy = new SshKeyPair("deploy", key, keyOptions);
    const instance = new Instance("web", { ...machine, sshKeys: [deploy], ...web }, webOptions);
    return { id: instance.id, name: deploy.name, privateKey: deploy.privateKeyOpenssh };
  };

const labels = () => {
  const all = Object.entries(emulator.cloud.instances()[0]?.["labels"] ?? {});
  return Object.fromEntries(all.filter(([name]) => !name.startsWith("exoscale-ssh.")));
};

/** The requests during a command that change something: `POST`, `DELETE`, ... */
async function changes(command: Promise<unknown>): Promise<string[]> {
  const before = emulator.requests.length;
  await command;
  const asked = emulator.requests.slice(before).map(({ method, path }) => `${method} ${path.split("/")[2]}`);
  return asked.filter((request) => !request.startsWith("GET"));
}

describe("Aliases", () => {
  let first: Record<string, unknown>;
  const renamed = (aliases: pulumi.Alias[][]) => async () => {
    const parent = new pulumi.ComponentResource("shop:index:Site", "site");
    const robot = new SshKeyPair("robot", {}, { parent, aliases: aliases[0] ?? [] });
    const shop = new Instance("shop", { ...machine, sshKeys: [robot] }, { parent, aliases: aliases[1] ?? [] });
    return { id: shop.id, name: robot.name, privateKey: robot.privateKeyOpenssh };
  };
  const parent = pulumi.rootStackResource;

  test("give a pair and its machine other logical names in a component, and change neither", async () => {
    first = await stack.up(site());
    const aliases = [[{ name: "deploy", parent }], [{ name: "web", parent }]];
    expect(await changes(stack.up(renamed(aliases)).then((outputs) => expect(outputs).toEqual(first)))).toEqual([]);
  });

  test("can be removed after they were used", async () => {
    expect(await stack.preview(renamed([]))).toEqual({ same: 4 });
  });

  test("are not needed if the state itself was renamed", async () => {
    await stack.pulumi("state", "rename", stack.urn("shop"), "store", "--yes");
    await stack.pulumi("state", "rename", stack.urn("store"), "shop", "--yes");
    expect(await changes(stack.up(renamed([])).then((outputs) => expect(outputs).toEqual(first)))).toEqual([]);
  });

  test("are needed: without one another logical name is another pair", async () => {
    const { create, delete: deleted } = await stack.preview(site());
    expect([create, deleted]).toEqual([2, 3]);
    await stack.destroy();
  });
});

describe("ignoreChanges", () => {
  test("keeps one label, the user data and the keys while another label changes", async () => {
    await stack.up(site({ web: { labels: { team: "shop", tier: "1" }, userData: "#!/bin/sh\n# one" } }));
    const ignoreChanges = ["userData", 'labels["tier"]', "sshKeys"];
    const web = { labels: { team: "ops", tier: "2" }, userData: "#!/bin/sh\n# two", sshKeys: [] };
    await stack.up(site({ web, webOptions: { ignoreChanges } }));
    expect(labels()).toEqual({ team: "ops", tier: "1" });
    expect(emulator.cloud.instances()[0]).toMatchObject({ "user-data": base64("#!/bin/sh\n# one") });
  });

  test('keeps everything for "*"', async () => {
    const web = { labels: {}, type: "standard.small", sshKeys: [] };
    const ignoring = { webOptions: { ignoreChanges: ["*"] }, keyOptions: { ignoreChanges: ["*"] } };
    expect(await stack.preview(site({ key: { triggers: ["x"] }, web, ...ignoring }))).toEqual({ same: 3 });
  });

  test("keeps a pair with a generated name when it is taken away again", async () => {
    const program = site({ web: { labels: { team: "ops", tier: "1" }, userData } });
    await stack.up(
      site({ web: { labels: { team: "ops", tier: "1" }, userData }, keyOptions: { ignoreChanges: ["*"] } }),
    );
    expect(await stack.preview(program)).not.toHaveProperty("replace");
  });
});

const userData = "#!/bin/sh\n# one";
const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("replaceOnChanges", () => {
  test("creates a new machine for another label, before it deletes the old one", async () => {
    const web = { labels: { team: "new" }, userData };
    const replaced = stack.up(site({ web, webOptions: { replaceOnChanges: ["labels"] } }));
    expect(await changes(replaced)).toEqual(["POST instance", "DELETE instance", "PUT instance"]);
    expect(emulator.cloud.instances()).toHaveLength(1);
  });

  test("creates a new pair for another comment", async () => {
    const web = { labels: { team: "new" }, userData };
    const program = site({ key: { comment: "x" }, keyOptions: { replaceOnChanges: ["comment"] }, web, webOptions });
    expect(await stack.preview(program)).toEqual({ same: 2, replace: 1 });
  });
  const webOptions = { ignoreChanges: ["sshKeys"] };
});

describe("deleteBeforeReplace", () => {
  test("deletes a machine before it creates the replacement", async () => {
    const webOptions = { replaceOnChanges: ["labels"], deleteBeforeReplace: true };
    const replaced = stack.up(site({ web: { labels: { team: "newer" }, userData }, webOptions }));
    expect(await changes(replaced)).toEqual(["DELETE instance", "POST instance", "PUT instance"]);
  });
});

describe("Limits of dynamic providers", () => {
  test("customTimeouts have no effect, and the input timeouts does", async () => {
    emulator.cloud.setOperationMs(1500);
    const another = (args: Partial<InstanceArgs>, options: pulumi.CustomResourceOptions) => async () => {
      await site({ web: { labels: { team: "newer" }, userData } })();
      new Instance("slow", { ...machine, ...args }, options);
    };
    await stack.up(another({}, { customTimeouts: { create: "1s" } }));
    // Longer than any pause of a busy machine between the end of that second and the next poll.
    emulator.cloud.setOperationMs(20_000);
    const tooShort = another({ zone: "ch-gva-2", template: "Linux Ubuntu 24.04", timeouts: { create: 1 } }, {});
    expect(await stack.failure(stack.up(tooShort))).toContain("was still pending after 1 s");
    emulator.cloud.setOperationMs(20);
  });

  test("pulumi import fails with a message of Pulumi, and changes nothing", async () => {
    const args = ["pulumi-nodejs:dynamic/exoscale-ssh:SshKeyPair", "bob", "bob", "--yes", "--generate-code=false"];
    const said = await stack.failure(stack.pulumi("import", ...args));
    expect(said).toMatch(/reading 'toJavaScript'|code must be a string, not undefined/);
    expect(stack.state()).not.toHaveProperty("bob");
    await stack.destroy();
  });
});

describe("Transforms", () => {
  test("of both kinds change the declared inputs", async () => {
    await stack.up(async () => {
      pulumi.runtime.registerResourceTransform(({ type, props, opts }) =>
        type.endsWith(":Instance") ? { props: { ...props, labels: { team: "transformed" } }, opts } : undefined,
      );
      pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
        type.endsWith(":SshKeyPair") ? { props: { ...props, comment: "transformed" }, opts } : undefined,
      );
      new Instance("web", { ...machine }, { dependsOn: [new SshKeyPair("deploy")] });
    });
    expect(labels()).toEqual({ team: "transformed" });
    expect(stack.state()["deploy"]?.outputs["publicKeyOpenssh"]).toMatch(/ transformed$/);
    await stack.destroy();
  });
});

describe("protect", () => {
  test("keeps a machine and its key, whatever the options of destroy", async () => {
    await stack.up(site({ webOptions: { protect: true } }));
    expect(await stack.failure(stack.destroy())).toContain("because it is protected");
    await stack.destroy({ excludeProtected: true });
    expect([emulator.cloud.instances().length, emulator.cloud.keys.length]).toEqual([1, 1]);
  });

  test("ends after pulumi state unprotect", async () => {
    await stack.pulumi("state", "unprotect", stack.urn("web"), "--yes");
    await stack.destroy();
    expect([emulator.cloud.instances().length, emulator.cloud.keys.length]).toEqual([0, 0]);
  });
});

describe("retainOnDelete", () => {
  let kept: Record<string, unknown>;
  const readKept = async () => {
    const web = new Instance("kept", machine, { id: String(kept["id"]) });
    const key = new SshKeyPair("its-key", {}, { id: String(kept["name"]) });
    return { sshCommand: web.sshCommand, fingerprint: key.publicKeyFingerprintMd5 };
  };

  test("leaves the key and the machine in the account", async () => {
    const options = { retainOnDelete: true };
    kept = await stack.up(site({ keyOptions: options, webOptions: options }));
    await stack.destroy();
    expect(emulator.cloud.keys.map(({ name }) => name)).toEqual([kept["name"]]);
    expect(emulator.cloud.instances().map(({ id }) => `ch-gva-2/${id}`)).toEqual([kept["id"]]);
  });

  test("leaves a key that its private key adopts again, and a machine that the option id reads", async () => {
    const { sshCommand, fingerprint } = await stack.up(readKept);
    expect(sshCommand).toMatch(/^ssh debian@127\./);
    const key = { name: String(kept["name"]), privateKey: String(kept["privateKey"]), adopt: true };
    const again = async () => ({ fingerprint: new SshKeyPair("deploy", key).publicKeyFingerprintMd5 });
    expect(await stack.up(again)).toEqual({ fingerprint });
    await stack.destroy();
    expect([emulator.cloud.keys.length, emulator.cloud.instances().length]).toEqual([0, 1]);
  });

  test("does not keep a machine that somebody deleted: the option id fails", async () => {
    await emulator.cloud.destroyInstance(String(kept["id"]).split("/")[1] ?? "");
    expect(await stack.failure(stack.preview(readKept))).toContain("The account has no Instance with the id");
  });
});
