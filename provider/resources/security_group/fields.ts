import * as z from "zod";
import { choice } from "../contract/choice";
import { autoNamedField, identityField } from "../contract/identity";
import { port } from "../contract/port";
import "../contract/description";

const portField = port.optional();
const icmpField = z.int().min(-1).max(254).optional();

const flowDirection = choice("FlowDirection", "Direction of the traffic that a rule lets through.", {
  ingress: "Traffic to the members of the group.",
  egress: "Traffic from the members of the group.",
});

const protocol = choice("Protocol", "Protocol of the traffic that a rule lets through.", {
  tcp: "TCP, which SSH uses.",
  udp: "UDP.",
  icmp: "ICMP of IPv4, such as ping.",
  icmpv6: "ICMP of IPv6.",
  ah: "IPsec's Authentication Header.",
  esp: "IPsec's Encapsulating Security Payload.",
  gre: "Generic Routing Encapsulation.",
  ipip: "IPv4 in IPv4.",
  all: "Every protocol.",
});

/** One rule: who may reach what. */
export const securityGroupRule = z
  .strictObject({
    flowDirection: flowDirection.optional().meta({ description: "Direction of the traffic. Default `ingress`." }),
    protocol: protocol.meta({ description: "Protocol of the traffic." }),
    startPort: portField.meta({ description: "First port, 1 to 65535; for tcp and udp. Default: all ports." }),
    endPort: portField.meta({ description: "Last port, 1 to 65535. Default: `startPort`." }),
    icmp: z
      .strictObject({
        type: icmpField.meta({ description: "ICMP type, -1 (any) to 254." }),
        code: icmpField.meta({ description: "ICMP code, -1 (any) to 254." }),
      })
      .meta({ id: "Icmp", description: "Type and code of an ICMP message." })
      .optional()
      .meta({ description: "For icmp and icmpv6: type and code." }),
    network: z
      .union([z.cidrv4(), z.cidrv6()], "A network is an address and a prefix length, such as 192.0.2.0/24")
      .optional()
      .meta({
        description:
          "Other side of the traffic: a network in CIDR notation, such as `192.0.2.0/24`. Conflicts with `securityGroup`.",
      }),
    securityGroup: z.string().min(1).optional().meta({
      description:
        "Other side of the traffic: the members of a group of the account, by id or name. Conflicts with `network`.",
    }),
    description: z.string().max(255, "A description has at most 255 characters").optional().meta({
      description: "What the rule is for, at most 255 characters.",
    }),
  })
  .meta({ id: "SecurityGroupRule", description: "One rule: who may reach what." });

/** What a program declares of a security group. */
export const securityGroupInputs = z.object({
  name: z.string().min(1, "A name has 1 to 255 characters").max(255, "A name has 1 to 255 characters").optional().meta({
    description:
      "Name of the group in the account. Default: the resource's name, a dash and seven random hexadecimal digits.",
    replaces: true,
  }),
  description: z.string().max(255, "A description has at most 255 characters").optional().meta({
    equivalentForms: true,
    description: "What the group is for, at most 255 characters. Default: none.",
    replaces: true,
  }),
  rules: z.array(securityGroupRule).default([]).meta({
    equivalentForms: true,
    description:
      "All rules of the group. Any other rule found in the group is removed. Default: none, so nothing is let in.",
  }),
  identity: identityField,
  autoNamed: autoNamedField,
});

/** The outputs of a security group. */
export const securityGroupOutputs = z.object({
  name: z.string().meta({ description: "Name of the group in the account." }),
  securityGroupId: z.string().meta({ changesWith: [], description: "Identifier of the group in the account." }),
});

export type SecurityGroupRuleInputs = z.output<typeof securityGroupRule>;
/** The checked inputs, which always have a name. */
export type SecurityGroupInputs = z.output<typeof securityGroupInputs> & { name: string };
export type SecurityGroupState = SecurityGroupInputs & z.output<typeof securityGroupOutputs>;
