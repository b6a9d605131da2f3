import * as pulumi from "@pulumi/pulumi";
import { allowSsh, Instance, SecurityGroup, SshKeyPair } from "pulumi-exoscale-ssh";

const config = new pulumi.Config();

// `pulumi config set --secret passphrase` asks for it, so it is in no shell history.
const alice = new SshKeyPair("alice", {
  algorithm: "rsa",
  rsaBits: 4096,
  passphrase: config.requireSecret("passphrase"),
  formats: ["pem"],
});

const web = new Instance("web", {
  zone: "ch-gva-2",
  type: "standard.tiny",
  template: "Linux Debian 13",
  diskSize: 10,
  sshKeys: [alice],
  securityGroups: [new SecurityGroup("ssh", { rules: allowSsh("0.0.0.0/0") })], // from anywhere: put your own network here
  waitForSsh: true,
});

export const login = web.sshCommand;
export const knownHosts = web.knownHosts;

// Encrypted with the passphrase, so the file alone is of no use. Everybody who can decrypt the stack has both.
export const privateKey = alice.privateKeyOpenssh;
export const privateKeyPem = alice.privateKeyPem;
