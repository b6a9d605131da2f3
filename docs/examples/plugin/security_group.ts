import * as exoscale from "@pulumi/exoscale-ssh";

export const bastion = new exoscale.SecurityGroup("bastion", {
  description: "SSH from the office, monitoring from the other machines",
  rules: [
    { protocol: exoscale.Protocol.Tcp, startPort: 22, network: "192.0.2.0/24" },
    { protocol: exoscale.Protocol.Tcp, startPort: 9100, network: "198.51.100.7/32", description: "node exporter" },
    { protocol: exoscale.Protocol.Icmp, icmp: { type: 8, code: 0 }, network: "0.0.0.0/0" },
  ],
});
