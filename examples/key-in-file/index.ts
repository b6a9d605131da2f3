import { allowSsh, Instance, SecurityGroup, SshKeyPair } from "pulumi-exoscale-ssh";

// The private key goes into this file, which only you can read, and not into the state. A relative path starts in this
// folder. Nobody else has the key: without the file nobody gets in. It is deleted with the pair.
const alice = new SshKeyPair("alice", { privateKeyFile: "keys/alice" });

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
export const fingerprint = alice.publicKeyFingerprintSha256;
