import * as exoscale from "@pulumi/exoscale-ssh";

const ops = new exoscale.SshKeyPair("ops");
const frank = new exoscale.SshKeyPair("frank");

const ssh = new exoscale.SecurityGroup("ssh", {
  // From anywhere: put your own network here.
  rules: [{ protocol: exoscale.Protocol.Tcp, startPort: 22, network: "0.0.0.0/0" }],
});

// Any host that you can log in to will do; this one happens to be declared here.
const shop = new exoscale.Instance("shop", {
  zone: "ch-gva-2",
  type: "standard.tiny",
  template: "Linux Debian 13",
  diskSize: 10,
  sshKeys: [{ name: ops.name, publicKeyOpenssh: ops.publicKeyOpenssh }],
  securityGroups: [ssh.id],
  waitForSsh: true,
});

// From the office only, without tunnels, and not after 2031.
export const frankOnShop = new exoscale.AuthorizedKey("frankOnShop", {
  connection: {
    user: "debian",
    host: shop.publicIp.apply((address) => address ?? ""),
    privateKey: ops.privateKeyOpenssh,
  },
  publicKey: frank.publicKeyOpenssh.apply((key) => key ?? ""),
  options: ['from="192.0.2.0/24"', "restrict", "pty", 'expiry-time="20311231"'],
});

export const frankFingerprint = frankOnShop.fingerprintSha256;
