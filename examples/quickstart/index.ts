import * as pulumi from "@pulumi/pulumi";
import { allowSsh, Instance, SecurityGroup, SshKeyPair } from "pulumi-exoscale-ssh";

const config = new pulumi.Config();

// Two people. Each gets a key that is made here; the private half goes into the stack's secrets and nowhere else.
// `pulumi config set issued 2` gives Alice a new one, which replaces the old one on the running machine.
const alice = new SshKeyPair("alice", { triggers: [config.get("issued") ?? "1"], onDelete: "revoke" });
// With `pulumi config set bob false` Bob leaves: the program no longer declares his key, and the account loses it.
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
  // Exoscale itself does nothing on the machine when Bob leaves. After `pulumi config set revoke true` Pulumi does: it
  // takes keys that left the list above off the machine, and proves that they are refused.
  config.getBoolean("revoke") ? {} : { ignoreChanges: ["sshKeys"] },
);

export const instance = web.name;
export const login = web.sshCommand;
export const knownHosts = web.knownHosts;
export const alicePrivateKey = alice.privateKeyOpenssh;
export const bobPrivateKey = bob?.privateKeyOpenssh;
