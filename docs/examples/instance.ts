import { allowSsh, Instance, SecurityGroup, SshKeyPair } from "pulumi-exoscale-ssh";

const carol = new SshKeyPair("carol");
const office = new SecurityGroup("office", { rules: allowSsh("192.0.2.0/24") });

const web = new Instance(
  "web",
  {
    zone: "ch-gva-2",
    type: "standard.tiny",
    template: "Linux Debian 13",
    diskSize: 10,
    sshKeys: [carol],
    securityGroups: [office],
    labels: { team: "shop" },
  },
  // When the list of keys changes, keep the machine with the keys that it has.
  { ignoreChanges: ["sshKeys"] },
);

export const login = web.sshCommand;
