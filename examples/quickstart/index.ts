import * as pulumi from "@pulumi/pulumi";
import { allowSsh, Instance, SecurityGroup, SshKeyPair } from "pulumi-exoscale-ssh";

const config = new pulumi.Config();

// Two people. Each gets a key that is made here; the private half goes into the stack's secrets and nowhere else.
// `pulumi config set issued 2` gives Alice a new one: it takes the place of the old one on the machine that runs.
const alice = new SshKeyPair("alice", { triggers: [config.get("issued") ?? "1"], onDelete: "revoke" });
// `pulumi config set bob false` is Bob leaving: his key is taken out of the program, and deleted from the account.
const bob = (config.getBoolean("bob") ?? true) ? new SshKeyPair("bob") : undefined;

// Exoscale lets nothing in unless a rule says so.
const ssh = new SecurityGroup("ssh", { rules: allowSsh("0.0.0.0/0") }); // from anywhere: put your own network here

const web = new Instance(
  "web",
  {
    zone: "ch-gva-2",
    type: "standard.tiny",
    template: "Linux Debian 13",
    diskSize: 10,
    sshKeys: bob ? [alice, bob] : [alice],
    securityGroups: [ssh],
    // How Pulumi gets in. Exoscale installs keys at first boot and cannot change them afterwards.
    connection: { privateKey: alice.privateKeyOpenssh },
    waitForSsh: true,
  },
  // What Exoscale itself does when Bob leaves: nothing. `pulumi config set revoke true`, and the list above is what the
  // machine has: keys that are not on it are taken off, and proven to be refused.
  config.getBoolean("revoke") ? {} : { ignoreChanges: ["sshKeys"] },
);

export const instance = web.name;
export const login = web.sshCommand;
export const knownHosts = web.knownHosts;
export const alicePrivateKey = alice.privateKeyOpenssh;
export const bobPrivateKey = bob?.privateKeyOpenssh;
