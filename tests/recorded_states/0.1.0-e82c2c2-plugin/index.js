/** The same program on the plugin. */
const pulumi = require("@pulumi/pulumi");

/** A resource of the plugin, without a generated SDK. It may have been one of the dynamic classes before. */
class Declared extends pulumi.CustomResource {
  constructor(type, outputs, name, args, options) {
    const unknown = Object.fromEntries(outputs.map((output) => [output, undefined]));
    const aliases = [{ type: `pulumi-nodejs:dynamic/exoscale-ssh:${type}` }];
    super(`exoscale-ssh:index:${type}`, name, { ...unknown, ...args }, { ...options, aliases });
  }

  /** What an instance wants to know of a key. */
  get key() {
    return { name: this.name, publicKeyOpenssh: this.publicKeyOpenssh };
  }
}
class SshKeyPair extends Declared {
  constructor(name, args, options) {
    super("SshKeyPair", ["name", "publicKeyOpenssh", "privateKeyOpenssh"], name, args, options);
  }
}
class Instance extends Declared {
  constructor(name, args, options) {
    const sshKeys = args.sshKeys.map(({ key }) => key);
    super("Instance", ["publicIp", "sshCommand", "knownHosts"], name, { ...args, sshKeys }, options);
  }
}
class SecurityGroup extends Declared {
  constructor(name, args, options) {
    super("SecurityGroup", [], name, args, options);
  }
}
class AuthorizedKey extends Declared {
  constructor(name, args, options) {
    super("AuthorizedKey", [], name, { ...args, publicKey: args.publicKey.publicKeyOpenssh }, options);
  }
}

const config = new pulumi.Config();
const stage = config.require("stage"); // changes in place what has it
const privateKey = config.requireSecret("privateKey");
const passphrase = config.requireSecret("passphrase");

const alice = new SshKeyPair("alice", { comment: `alice ${stage}` });
const rsa = new SshKeyPair("rsa", { algorithm: "rsa", rsaBits: 2048, passphrase, onDelete: "refuse" });
const ecdsa = new SshKeyPair("ecdsa", { algorithm: "ecdsa", ecdsaCurve: "P384", triggers: ["2026-11", { round: 1 }] });
const named = new SshKeyPair("named", { name: "deploy", allowLockout: true, onDelete: "warn" });
const gina = new SshKeyPair("gina", { connection: { user: "debian", privateKey: alice.privateKeyOpenssh } });
const carol = new SshKeyPair("carol", { publicKey: config.require("publicKey"), comment: "carol, who brought it" });
const frank = new SshKeyPair("frank", { onDelete: "revoke", triggers: ["2026-11"], terminateSessions: true });
const erin = new SshKeyPair("erin", { privateKeyFile: "keys/erin", passphrase });
const dora = new SshKeyPair("dora", { privateKey });

/** A component whose children are a pair and a group. */
class Access extends pulumi.ComponentResource {
  constructor(name) {
    super("shop:index:Access", name);
    this.pair = new SshKeyPair(`${name}-key`, {}, { parent: this });
    const ssh = { protocol: "tcp", startPort: 22, endPort: 22, description: "SSH" };
    const rules = ["0.0.0.0/0", "::/0"].map((network) => ({ ...ssh, network }));
    this.group = new SecurityGroup(`${name}-ssh`, { rules, description: "SSH" }, { parent: this });
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
  securityGroups: [access.group.id, inner.id],
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

const safe = new Instance("safe", {
  ...machine,
  zone: "ch-gva-2",
  sshKeys: [frank, gina],
  securityGroups: [access.group.id],
  connection: { privateKey: frank.privateKeyOpenssh },
  pinHostKey: true,
  allowLockout: true,
  terminateSessions: true,
});
const connection = { user: "debian", host: web.publicIp, privateKey: alice.privateKeyOpenssh };
new AuthorizedKey("carol-on-web", { connection, publicKey: carol, options: ["no-pty", 'from="127.0.0.0/8"'] });
new AuthorizedKey("dora-on-web", { connection, publicKey: dora, comment: "dora, for now" }, { parent: access });

exports.safe = safe.sshCommand;
exports.login = web.sshCommand;
exports.knownHosts = web.knownHosts;
exports.privateKey = alice.privateKeyOpenssh;
