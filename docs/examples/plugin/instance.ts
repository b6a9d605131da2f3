import * as exoscale from "@pulumi/exoscale-ssh";

const carol = new exoscale.SshKeyPair("carol");
const office = new exoscale.SecurityGroup("office", {
  rules: [{ protocol: exoscale.Protocol.Tcp, startPort: 22, network: "192.0.2.0/24" }],
});

const web = new exoscale.Instance("web", {
  zone: "ch-gva-2",
  type: "standard.tiny",
  template: "Linux Debian 13",
  diskSize: 10,
  sshKeys: [{ name: carol.name, publicKeyOpenssh: carol.publicKeyOpenssh }],
  securityGroups: [office.id],
  // With it, a change of the list of keys is made on the running machine.
  connection: { privateKey: carol.privateKeyOpenssh },
});

export const login = web.sshCommand;
