import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allowSsh, Instance, SecurityGroup, SshKeyPair } from "pulumi-exoscale-ssh";
import { projectGuests } from "../emulated";
import { firstWords } from "../emulator/asking";
import { ssh, trustOnly } from "../ssh/real_ssh";
import { useStack } from "./use_stack";

jest.setTimeout(120_000);

const { emulator, stack } = useStack({ hostKeys: ["ed25519", "ecdsa", "rsa"] });
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "openssh-files-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shop = async () => {
  const deploy = new SshKeyPair("deploy");
  const open = new SecurityGroup("ssh", { rules: allowSsh("0.0.0.0/0") });
  const machine = { zone: "ch-gva-2", type: "standard.tiny", template: "Linux Debian 13", diskSize: 10 };
  const web = new Instance("web", {
    ...machine,
    name: "web",
    sshKeys: [deploy],
    securityGroups: [open],
    waitForSsh: true,
  });
  return { sshConfig: web.sshConfig, knownHosts: web.knownHosts, privateKey: deploy.privateKeyOpenssh };
};

function write(name: string, text: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, String(text));
  return file;
}

describe("outputs in the format of OpenSSH's files", () => {
  let outputs: Record<string, unknown>;

  test("let the client log in by the machine's name, with a strict check of its host key", async () => {
    outputs = await stack.up(shop);
    const trust = trustOnly(write("known_hosts", outputs["knownHosts"]));
    const login = ["-F", write("config", outputs["sshConfig"]), ...trust, "web", "hostname; id -un"];
    expect(await ssh(String(outputs["privateKey"]), login)).toEqual({ output: "web\ndebian", errors: "", status: 0 });
  });

  test(`belong to a machine on which ${projectGuests} answers, as the test project sets it`, async () => {
    const { address, port } = await emulator.cloud.guest(stack.instanceId("web"));
    const expected = projectGuests === "sshd" ? /^SSH-2\.0-OpenSSH_\d/ : /^SSH-2\.0-OpenSSH_emulated/;
    expect(await firstWords({ ip: address, port: String(port) })).toMatch(expected);
  });

  test("contain no secret, so they may be shown and stored", () => {
    expect(outputs).toMatchObject({
      sshConfig: expect.stringMatching(/^Host web\n/),
      knownHosts: expect.stringMatching(/ssh-|ecdsa-/),
    });
    expect(`${outputs["sshConfig"]}${outputs["knownHosts"]}`).not.toContain("PRIVATE");
  });

  test("are gone after the machine is destroyed", async () => await stack.destroy());
});
