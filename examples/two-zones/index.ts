import { allowSsh, Instance, SecurityGroup, SshKeyPair } from "pulumi-exoscale-ssh";

// Keys and security groups belong to the account and work in every zone. An instance is in one zone.
const alice = new SshKeyPair("alice");
const ssh = new SecurityGroup("ssh", { rules: allowSsh("0.0.0.0/0") }); // from anywhere: put your own network here

const machine = {
  type: "standard.tiny",
  template: "Linux Debian 13", // each zone has its own template of that name
  diskSize: 10,
  sshKeys: [alice],
  securityGroups: [ssh],
  waitForSsh: true,
};
const geneva = new Instance("geneva", { zone: "ch-gva-2", ...machine });
const frankfurt = new Instance("frankfurt", { zone: "de-fra-1", ...machine });

export const logins = { geneva: geneva.sshCommand, frankfurt: frankfurt.sshCommand };
export const knownHosts = { geneva: geneva.knownHosts, frankfurt: frankfurt.knownHosts };
export const privateKey = alice.privateKeyOpenssh;
