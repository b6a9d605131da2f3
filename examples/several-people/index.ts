import * as pulumi from "@pulumi/pulumi";
import { allowSsh, Instance, SecurityGroup, SshKeyPair } from "pulumi-exoscale-ssh";

const people = ["alice", "bob", "carol"];

// Who has a key already brings its public half; the others get a pair that is made here.
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
  // Exoscale installs keys at the first boot only. Whoever leaves the list above leaves the account, and still gets in
  // here until you take the key off the machine. Whoever joins needs a new machine, or to be let in by a colleague.
  { ignoreChanges: ["sshKeys"] },
);

export const login = web.sshCommand;
export const knownHosts = web.knownHosts;
export const privateKeys = pulumi.secret(
  Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, key.privateKeyOpenssh])),
);
