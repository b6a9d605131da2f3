import { Instance, SshKeyPair } from "pulumi-exoscale-ssh";
import { machine } from "./known_machine";
import { logIn } from "./login";
import { useStack } from "./use_stack";

jest.setTimeout(240_000);

const { emulator, stack } = useStack({ prepare: ({ cloud }) => cloud.openSsh() });

/** One pair on one machine. The connection logs in with the same pair. Another `issue` is a rotation. */
const deployed =
  (issue: string, name = "deploy") =>
  async () => {
    const deploy = new SshKeyPair(name, { triggers: [issue], onDelete: "revoke" });
    const web = new Instance("web", {
      ...machine,
      sshKeys: [deploy],
      connection: { privateKey: deploy.privateKeyOpenssh },
      waitForSsh: true,
    });
    const { privateKeyOpenssh: privateKey, publicKeyOpenssh: publicKey } = deploy;
    const { id, sshCommand, knownHosts, staleSshKeys } = web;
    return { id, privateKey, publicKey, sshCommand, knownHosts, staleSshKeys };
  };

type Outputs = Record<string, unknown>;

const whoami = ({ privateKey }: Outputs, { sshCommand, knownHosts }: Outputs) =>
  logIn({ privateKey, sshCommand, knownHosts }, "whoami");

/** The output about keys and machines, without the line about where Pulumi found its plugin. */
const warningsIn = (text: string) => text.split("\n").filter((line) => /warning: (?!using)/.test(line));

const keysInTheFile = async () => (await emulator.cloud.guest(stack.instanceId("web"))).authorizedKeys();

describe("a pair that is rotated by its triggers", () => {
  let first: Outputs;
  let second: Outputs;
  let said: string;
  beforeAll(async () => {
    first = await stack.up(deployed("first"));
  });

  test("is a replacement of the pair and an update of the machine at preview", async () => {
    expect(await stack.preview(deployed("second"))).toMatchObject({ replace: 1, update: 1 });
  });

  test("is another key on the same machine after one up", async () => {
    const before = stack.output.length;
    second = await stack.up(deployed("second"));
    said = stack.output.slice(before);
    expect(second["publicKey"]).not.toBe(first["publicKey"]);
    expect(second).toMatchObject({ id: first["id"], knownHosts: first["knownHosts"], staleSshKeys: [] });
  });

  test("opens the machine with its new key, and no longer with the old one", async () => {
    expect(await whoami(second, second)).toBe("debian");
    expect(await whoami(first, second)).toBeUndefined();
  });

  test("leaves one key in the account, one in the file, and no warning", async () => {
    expect(emulator.cloud.keys.map(({ name }) => name)).toEqual([stack.state()["deploy"]?.id]);
    expect((await keysInTheFile()).trim()).toBe(String(second["publicKey"]));
    expect(warningsIn(said)).toEqual([]);
  });

  test("has nothing to change after that, also after a refresh", async () => {
    expect(await stack.preview(deployed("second"))).toEqual({ same: 3 });
    await stack.refresh();
    expect(await stack.preview(deployed("second"))).toEqual({ same: 3 });
  });

  test("can be rotated again, and closes every key that it had", async () => {
    const third = await stack.up(deployed("third"));
    expect(await whoami(third, third)).toBe("debian");
    expect([await whoami(first, third), await whoami(second, third)]).toEqual([undefined, undefined]);
    expect(third).toMatchObject({ id: first["id"], staleSshKeys: [] });
    expect(emulator.cloud.keys).toHaveLength(1);
  });

  test("can be exchanged for another pair on the same machine", async () => {
    const last = await stack.up(deployed("third", "ops"));
    expect(last).toMatchObject({ id: first["id"], staleSshKeys: [] });
    expect(await whoami(last, last)).toBe("debian");
    expect((await keysInTheFile()).trim()).toBe(String(last["publicKey"]));
    expect(emulator.cloud.keys.map(({ name }) => name)).toEqual([stack.state()["ops"]?.id]);
  });

  test("is gone with its machine after a destroy without a warning", async () => {
    const before = stack.output.length;
    await stack.destroy();
    expect([emulator.cloud.keys, emulator.cloud.instances()]).toEqual([[], []]);
    expect(warningsIn(stack.output.slice(before))).toEqual([]);
  });
});
