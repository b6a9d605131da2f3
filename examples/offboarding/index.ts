import * as pulumi from "@pulumi/pulumi";
import { allowSsh, Instance, SecurityGroup, SshKeyPair } from "pulumi-exoscale-ssh";

// Everybody brings a public key:
//   pulumi config set --path people.alice "$(cat alice.pub)"
// Somebody leaves, and `pulumi up` takes that key off every machine, in every zone:
//   pulumi config rm --path people.alice
const people = new pulumi.Config().requireObject<Record<string, string>>("people");

// What Pulumi itself logs in with. It stays when people go.
const ops = new SshKeyPair("ops");
const connection = { privateKey: ops.privateKeyOpenssh };

// Nobody has the private halves of the others' keys, so they are revoked over the operators' connection. A key that is
// not proven closed on each machine that was given it, instance pools and machines of other stacks included, stays in the
// account, and `pulumi up` fails and says where.
const keys = Object.entries(people).map(
  ([name, publicKey]) => new SshKeyPair(name, { publicKey, onDelete: "revoke", connection }),
);

const ssh = new SecurityGroup("ssh", { rules: allowSsh("0.0.0.0/0") }); // from anywhere: put your own network here

const machines = ["ch-gva-2", "de-fra-1"].map(
  (zone) =>
    new Instance(`web-${zone}`, {
      zone,
      type: "standard.tiny",
      template: "Linux Debian 13",
      diskSize: 10,
      sshKeys: [ops, ...keys],
      securityGroups: [ssh],
      connection,
      waitForSsh: true,
    }),
);

export const logins = machines.map(({ sshCommand }) => sshCommand);
export const knownHosts = machines.map(({ knownHosts }) => knownHosts);
