import * as pulumi from "@pulumi/pulumi";
import { allowSsh, Instance, SecurityGroup, SshKeyPair } from "pulumi-exoscale-ssh";

const config = new pulumi.Config();

// Two people. Each gets a key that is made here; the private half goes into the stack's secrets and nowhere else.
const alice = new SshKeyPair("alice");
// `pulumi config set bob false` is Bob leaving: his key is taken out of the program.
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
    waitForSsh: true,
  },
  // Keys are installed at first boot and the API cannot change them afterwards. When Bob leaves, keep the machine.
  { ignoreChanges: ["sshKeys"] },
);

export const instance = web.name;
export const login = web.sshCommand;
export const knownHosts = web.knownHosts;
export const alicePrivateKey = alice.privateKeyOpenssh;
export const bobPrivateKey = bob?.privateKeyOpenssh;
