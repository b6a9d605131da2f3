import { resources } from "../../provider/resources";
import { UNKNOWN } from "../../provider/resources/contract/description";
import { alice, rsa1024, uncertainKeys } from "./known_keys";
import { machine } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance } = resources;
/** A line of known_hosts. */
const REVOKED = "@revoked * ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAII3mIpjwh7wuJ9+V/9hhRYSHzRW5vCuJlfxXhrBpMaNL";
const zones = "The zones are ch-gva-2, de-fra-1.";

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

describe("The check of an Instance refuses", () => {
  test.each([
    ["no zone", { zone: undefined }, /^zone: No zone is given\. .*pulumi config set exoscale-ssh:zone ch-gva-2/],
    ["an unknown zone", { zone: "ch-zrh-9" }, `zone: There is no zone "ch-zrh-9". ${zones}`],
    [
      "an unknown type",
      { type: "standard.tyni" },
      /^type: There is no instance type "standard.tyni" in ch-gva-2. .*standard\.tiny/,
    ],
    [
      "a type without a size",
      { type: "tiny" },
      'type: A type is a family, a dot and a size, such as "standard.tiny", got "tiny"',
    ],
    [
      "an unknown template",
      { template: "Debian 13" },
      /^template: There is no template "Debian 13" in ch-gva-2. .*Linux Debian 13/,
    ],
    [
      "a template without keys",
      { template: "Windows Server 2022", diskSize: 50, sshKeys: [{ name: UNKNOWN }] },
      /^sshKeys: Template "Windows Server 2022" installs no SSH keys/,
    ],
    ["a disk below 10 GiB", { diskSize: 9 }, "diskSize: A disk has at least 10 GiB, got 9"],
    ["half a GiB", { diskSize: 10.5 }, /^diskSize: .*got 10\.5$/],
    [
      "a disk below the template's size",
      { template: "golden-image" },
      'diskSize: The disk has 10 GiB, but template "golden-image" needs 20. Give at least 20.',
    ],
    [
      "a key that the account does not have",
      { sshKeys: [{ name: "nobody" }] },
      'sshKeys[0].name: The account has no SSH key "nobody". Register it, or declare it as an SshKeyPair and pass that.',
    ],
    [
      "an empty key name",
      { sshKeys: [{ name: "" }] },
      'sshKeys[0].name: A key name has at least one character, got ""',
    ],
    [
      "a key given twice",
      {
        sshKeys: [
          { name: "a", publicKeyOpenssh: UNKNOWN },
          { name: "a", publicKeyOpenssh: UNKNOWN },
        ],
      },
      'sshKeys[1].name: SSH key "a" is given twice. Remove one of them.',
    ],
    [
      "a public key that is too weak",
      { sshKeys: [{ name: "a", publicKeyOpenssh: rsa1024 }] },
      /^sshKeys\[0\]\.publicKeyOpenssh: .*RSA with 1024 bits/,
    ],
    [
      "a property that a key does not have",
      { sshKeys: [{ name: "a", comment: UNKNOWN }] },
      'sshKeys[0]: Unrecognized key: "comment". Remove it or correct its name',
    ],
    [
      "a public key in the place of a key's name",
      { sshKeys: [`${alice.line} alice@example.com`] },
      /^sshKeys\[0\]\.name: The name of a key is expected, not a public key: give that as publicKey to an SshKeyPair, got/,
    ],
    ["an unknown group", { securityGroups: ["web"] }, /^securityGroups\[0\]: The account has no security group "web"/],
    [
      "no such anti-affinity group",
      { antiAffinityGroups: ["apart"] },
      /^antiAffinityGroups\[0\]: The account has no anti-affinity group "apart"/,
    ],
    [
      "a reserved label",
      { labels: { "exoscale-ssh.creating": "x" } },
      /^labels\.exoscale-ssh\.creating: .*are reserved for this provider\. Rename it/,
    ],
    ["a state that does not exist", { state: "paused" }, /^state: .*"running"\|"stopped", got "paused"$/],
    [
      "a wait for sshd without an address",
      { waitForSsh: true, publicIpAssignment: "none" },
      /^waitForSsh: .*Remove it/,
    ],
    [
      "a host key that is revoked",
      { connection: { hostKey: REVOKED } },
      /^connection\.hostKey: This host key is marked @revoked: it must not be trusted/,
    ],
    [
      "a host key that is revoked, while the private key is not made yet",
      { connection: { hostKey: REVOKED, privateKey: UNKNOWN } },
      /^connection\.hostKey: This host key is marked @revoked/,
    ],
    [
      "an address with its user",
      { connection: { host: "debian@192.0.2.1", privateKey: UNKNOWN } },
      /^connection\.host: "debian@192\.0\.2\.1" is no host: give an IP address or a host name/,
    ],
    ["a user with a blank", { connection: { user: "de bian" } }, /^connection\.user: "de bian" is no user name/],
    [
      "a revoked host key of the jump host",
      { connection: { bastion: { host: "192.0.2.1", hostKey: REVOKED } } },
      /^connection\.bastion\.hostKey: This host key is marked @revoked/,
    ],
    [
      "a key of the agent that cannot be read",
      { connection: { agentIdentity: "~/.ssh/id.pub" } },
      /^connection\.agentIdentity: This names no key of an ssh-agent: give its public key, "ssh-ed25519 AAAA\.\.\."/,
    ],
    [
      "a security key of the agent, which cannot log in",
      { connection: { agentIdentity: uncertainKeys.securityKey.line } },
      /^connection\.agentIdentity: This is a FIDO security key, with which this client cannot log in: give another/,
    ],
    [
      "a key of the agent for the jump host that cannot be read",
      { connection: { bastion: { host: "192.0.2.1", agentIdentity: "me@home" } } },
      /^connection\.bastion\.agentIdentity: This names no key of an ssh-agent/,
    ],
    ["a port above 65535", { connection: { port: 70_000 } }, "connection.port: A port is 1 to 65535"],
    ["a name of 256 characters", { name: "a".repeat(256) }, /^name: A name has 1 to 255 characters, got /],
    [
      "an input that does not exist",
      { keypair: "x" },
      'keypair: Instance has no input "keypair". Remove it or correct its name.',
    ],
  ])("%s, and changes nothing", async (_what, news, failure) => {
    const failures = await cloud.run().failures(Instance, { ...machine, ...news });
    expect(failures).toEqual([typeof failure === "string" ? failure : expect.stringMatching(failure)]);
    expect(cloud.changes()).toEqual([]);
  });

  test("more user data than the API accepts, without repeating it", async () => {
    const [fits, tooLong] = ["x".repeat(24_576), "x".repeat(24_577)];
    expect(await cloud.run().failures(Instance, { ...machine, userData: fits })).toEqual([]);
    expect(await cloud.run().failures(Instance, { ...machine, userData: tooLong })).toEqual([
      "userData: User data has 24577 bytes, 32772 in base64; Exoscale accepts 32768 in base64, which is 24576 bytes of " +
        "text. Shorten it, let it fetch the rest, or give it as base64 of gzip, which cloud-init unpacks.",
    ]);
  });

  test("a connection that is malformed, without showing its private key", async () => {
    const connection = { privateKey: "hunter2", prot: 22 };
    const failures = await cloud.run().failures(Instance, { ...machine, connection });
    expect(failures).toEqual(['connection: Unrecognized key: "prot". Remove it or correct its name']);
    expect(failures.join()).not.toContain("hunter2");
  });
});

test("A check that the API answers with an error shows the server's words", async () => {
  cloud.emulator.faults.add({ kind: "status", status: 403, body: { message: "Role forbids" }, path: "/instance-type" });
  const { failures } = await cloud.run().check(Instance, machine);
  expect(failures).toEqual([
    { property: "", reason: expect.stringMatching(/^Could not list instance types.*403.*Role forbids/) },
  ]);
});
