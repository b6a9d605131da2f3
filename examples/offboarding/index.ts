import * as pulumi from "@pulumi/pulumi";
import { allowSsh, Instance, SecurityGroup, SshKeyPair } from "pulumi-exoscale-ssh";

// Each person brings a public key:
//   pulumi config set --path people.alice "$(cat alice.pub)"
// When somebody leaves, `pulumi up` takes that key off every machine in every zone:
//   pulumi config rm --path people.alice
const people = new pulumi.Config().requireObject<Record<string, string>>("people");

// Pulumi itself logs in with this key. It stays when people leave.
const ops = new SshKeyPair("ops");
const connection = { privateKey: ops.privateKeyOpenssh };

// Pulumi has no private halves of these keys, so it revokes them over the connection of `ops`. A key stays in the
// account until every machine that was given it is proven closed, instance pools and machines of other stacks included.
// Until then `pulumi up` fails and names the machines.
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
