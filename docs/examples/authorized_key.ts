import { AuthorizedKey, allowSsh, Instance, SecurityGroup, SshKeyPair } from "pulumi-exoscale-ssh";

const ops = new SshKeyPair("ops");
const frank = new SshKeyPair("frank");

const ssh = new SecurityGroup("ssh", { rules: allowSsh("0.0.0.0/0") }); // from anywhere: put your own network here
const shop = new Instance("shop", {
  zone: "ch-gva-2",
  type: "standard.tiny",
  template: "Linux Debian 13",
  diskSize: 10,
  sshKeys: [ops],
  securityGroups: [ssh],
  waitForSsh: true,
});

// Any host that you can log in to will do; this one happens to be declared here.
const connection = {
  user: "debian",
  host: shop.publicIp.apply((address) => address ?? ""),
  privateKey: ops.privateKeyOpenssh,
};

// From the office only, without tunnels, and not after 2031.
export const frankOnShop = new AuthorizedKey("frank-on-shop", {
  connection,
  publicKey: frank,
  options: ['from="192.0.2.0/24"', "restrict", "pty", 'expiry-time="20311231"'],
});

export const frankFingerprint = frankOnShop.fingerprintSha256;
