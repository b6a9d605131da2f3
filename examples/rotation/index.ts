import * as pulumi from "@pulumi/pulumi";
import { allowSsh, Instance, SecurityGroup, SshKeyPair } from "pulumi-exoscale-ssh";

// Any change of this value makes a new pair. To rotate whenever you like, and never by accident:
//   pulumi config set issued "$(date -u +%F)" && pulumi up
//
// To rotate every 30 days, let a scheduled job (cron, your CI) run those two commands with a value that changes every
// 30 days, and commit the configuration file:
//   pulumi config set issued "$(( $(date +%s) / (30 * 86400) ))" && pulumi up
// Run it daily: on 29 days of 30 the value stays, and nothing happens. If a run fails, the next one makes up for it.
//
// `triggers: [Math.floor(Date.now() / (30 * 86_400_000))]` would need no configuration. But then a `pulumi up`
// that somebody runs for another reason on that day rotates the key too.
const issued = new pulumi.Config().get("issued") ?? "first";

const deploy = new SshKeyPair("deploy", { triggers: [issued], onDelete: "revoke" });

const web = new Instance("web", {
  zone: "ch-gva-2",
  type: "standard.tiny",
  template: "Linux Debian 13",
  diskSize: 10,
  sshKeys: [deploy],
  securityGroups: [new SecurityGroup("ssh", { rules: allowSsh("0.0.0.0/0") })], // from anywhere: put your own network here
  // With a connection, keys change on the running machine: the new key is added and proven, then the old one is removed
  // and proven to be refused. The machine stays.
  connection: { privateKey: deploy.privateKeyOpenssh },
  waitForSsh: true,
});

export const instance = web.id;
export const login = web.sshCommand;
export const knownHosts = web.knownHosts;
export const privateKey = deploy.privateKeyOpenssh;
