/** With what came next: a private key in a file, and a machine that is protected until the second stage. */
const pulumi = require("@pulumi/pulumi");
const { allowSsh, Instance, SecurityGroup, SshKeyPair } = require("pulumi-exoscale-ssh");

const config = new pulumi.Config();
const stage = config.require("stage"); // changes in place what has it
const privateKey = config.requireSecret("privateKey");
const passphrase = config.requireSecret("passphrase");

const alice = new SshKeyPair("alice", { comment: `alice ${stage}` });
const rsa = new SshKeyPair("rsa", { algorithm: "rsa", rsaBits: 2048, passphrase, onDelete: "refuse" });
const ecdsa = new SshKeyPair("ecdsa", { algorithm: "ecdsa", ecdsaCurve: "P384", triggers: ["2026-11", { round: 1 }] });
const named = new SshKeyPair("named", { name: "deploy", allowLockout: true, onDelete: "warn" });
const carol = new SshKeyPair("carol", { publicKey: config.require("publicKey"), comment: "carol, who brought it" });
const erin = new SshKeyPair("erin", { privateKeyFile: "keys/erin", passphrase });
const dora = new SshKeyPair("dora", { privateKey });

/** A component whose children are a pair and a group. */
class Access extends pulumi.ComponentResource {
  constructor(name) {
    super("shop:index:Access", name);
    this.pair = new SshKeyPair(`${name}-key`, {}, { parent: this });
    const networks = allowSsh("0.0.0.0/0", "::/0");
    this.group = new SecurityGroup(`${name}-ssh`, { rules: networks, description: "SSH" }, { parent: this });
    this.registerOutputs({ name: this.pair.name });
  }
}
const access = new Access("access");
const inner = new SecurityGroup("inner", {
  name: "inner",
  rules: [
    { protocol: "icmp", icmp: { type: 8, code: 0 }, network: "10.0.0.0/8", description: "ping" },
    { protocol: "tcp", startPort: 8000, endPort: 8080, securityGroup: "default", flowDirection: "egress" },
  ],
});

const machine = { type: "standard.tiny", template: "Linux Debian 13", diskSize: 10 };
const web = new Instance("web", {
  ...machine,
  zone: "ch-gva-2",
  sshKeys: [alice, named, access.pair],
  securityGroups: [access.group, inner],
  userData: config.requireSecret("userData"),
  labels: { stage },
  connection: { privateKey: alice.privateKeyOpenssh },
  antiAffinityGroups: ["apart"],
  publicIpAssignment: "dual",
  waitForSsh: true,
  timeouts: { create: 300 },
});
new Instance("db", {
  ...machine,
  zone: "de-fra-1",
  name: "database",
  sshKeys: [carol, dora, erin],
  securityGroups: ["inner"],
});
new Instance("idle", { ...machine, zone: "ch-gva-2", sshKeys: [rsa, ecdsa], state: "stopped" });
new Instance("vault", { ...machine, zone: "de-fra-1", sshKeys: [named], deletionProtection: stage === "first" });

exports.login = web.sshCommand;
exports.knownHosts = web.knownHosts;
exports.privateKey = alice.privateKeyOpenssh;
