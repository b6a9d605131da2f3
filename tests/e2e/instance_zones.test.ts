import { gzipSync } from "node:zlib";
import { Instance, SshKeyPair } from "pulumi-exoscale-ssh";
import { useStack } from "./use_stack";

jest.setTimeout(120_000);

const { emulator, stack } = useStack({ guests: "none", zones: ["ch-gva-2", "at-vie-1", "de-fra-1"] });

const machine = { type: "standard.tiny", template: "Linux Debian 13", diskSize: 10 };
const cloudConfig = "#cloud-config\n# the door code is 4711\n";
const packed = gzipSync(cloudConfig).toString("base64");

/** Two machines in two zones, the same user data in two forms, and one key, declared or not. */
const program = (withKey: boolean) => async () => {
  const sshKeys = withKey ? [new SshKeyPair("alice", { name: "alice" })] : [];
  const options = { ignoreChanges: ["sshKeys"] };
  new Instance("web", { ...machine, name: "web", zone: "ch-gva-2", sshKeys, userData: cloudConfig }, options);
  new Instance("db", { ...machine, name: "db", zone: "at-vie-1", sshKeys, userData: packed }, options);
};

const inZone = (zone: string) => emulator.cloud.instances(zone);

describe("one program with machines in two zones", () => {
  beforeAll(() => {
    stack.expectHidden(cloudConfig);
    for (const encoded of [Buffer.from(cloudConfig).toString("base64"), packed]) stack.expectHidden(encoded);
    stack.expectHidden("the door code is 4711");
  });

  test("creates one in each zone, with the same key and the intended user data", async () => {
    await stack.up(program(true));
    const keys = [{ name: "alice", fingerprint: expect.any(String) }];
    const encoded = Buffer.from(cloudConfig).toString("base64");
    expect(inZone("ch-gva-2")).toMatchObject([{ name: "web", "ssh-keys": keys, "user-data": encoded }]);
    expect(inZone("at-vie-1")).toMatchObject([{ name: "db", "ssh-keys": keys, "user-data": packed }]);
  });

  test("has nothing to change after a refresh", async () => {
    await stack.refresh();
    expect(await stack.preview(program(true))).toEqual({ same: 4 });
  });

  test("names the holders in both zones if the key is deleted, each with its zone", async () => {
    const before = stack.output.length;
    await stack.up(program(false));
    const warning = stack.output.slice(before).replace(/\s+/g, " ");
    expect(warning).toMatch(/SSH key "alice" is deleted from the account but not revoked/);
    expect(warning).toMatch(/web \(ch-gva-2/);
    expect(warning).toMatch(/db \(at-vie-1/);
  });

  test("deletes both at destroy", async () => {
    await stack.destroy();
    expect(emulator.cloud.instances()).toEqual([]);
  });
});
