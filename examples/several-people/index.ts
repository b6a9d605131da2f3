import * as pulumi from "@pulumi/pulumi";
import { allowSsh, Instance, SecurityGroup, SshKeyPair } from "pulumi-exoscale-ssh";

const people = ["alice", "bob", "carol"];

// People who have a key bring its public half. The others get a pair that is made here.
//   pulumi config set --path publicKeys.carol "$(cat carol.pub)"
const publicKeys = new pulumi.Config().getObject<Record<string, string>>("publicKeys") ?? {};

const keys = Object.fromEntries(people.map((name) => [name, new SshKeyPair(name, { publicKey: publicKeys[name] })]));

const web = new Instance(
  "web",
  {
    zone: "ch-gva-2",
    type: "standard.tiny",
    template: "Linux Debian 13",
    diskSize: 10,
    sshKeys: Object.values(keys),
    securityGroups: [new SecurityGroup("ssh", { rules: allowSsh("0.0.0.0/0") })], // from anywhere: put your own network here
    waitForSsh: true,
  },
  // Exoscale installs keys at the first boot only. If you remove somebody from the list above, the key leaves the
  // account, but still opens this machine until you take it off. New people need a new machine, or a colleague's help.
  { ignoreChanges: ["sshKeys"] },
);

export const login = web.sshCommand;
export const knownHosts = web.knownHosts;
export const privateKeys = pulumi.secret(
  Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, key.privateKeyOpenssh])),
);
