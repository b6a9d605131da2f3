import { Instance, Protocol, SecurityGroup, SshKeyPair } from "@pulumi/exoscale-ssh";

// Two people. Each gets a key that is made here; the private half goes into the stack's secrets and nowhere else.
const alice = new SshKeyPair("alice");
const bob = new SshKeyPair("bob");

// Exoscale lets nothing in unless a rule says so.
const ssh = new SecurityGroup("ssh", {
  rules: [{ protocol: Protocol.Tcp, startPort: 22, network: "0.0.0.0/0" }], // from anywhere: put your own network here
});

const web = new Instance("web", {
  zone: "ch-gva-2",
  type: "standard.tiny",
  template: "Linux Debian 13",
  diskSize: 10,
  // The keys of the machine. A key that leaves this list is taken off the machine and proven to be refused.
  sshKeys: [alice, bob].map(({ name, publicKeyOpenssh }) => ({ name, publicKeyOpenssh })),
  securityGroups: [ssh.id],
  // Pulumi logs in with this to change the keys. Exoscale installs keys at first boot only.
  connection: { privateKey: alice.privateKeyOpenssh },
  waitForSsh: true,
});

export const instance = web.name;
export const login = web.sshCommand;
export const knownHosts = web.knownHosts;
export const alicePrivateKey = alice.privateKeyOpenssh;
export const bobPrivateKey = bob.privateKeyOpenssh;
