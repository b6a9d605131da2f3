/** One rule of a security group: its constraints and its record. */
import { randomUUID } from "node:crypto";
import { number, text } from "./body";
import type { RuleRecord } from "./records";
import { type Body, idRef, nameOf, type Schema, visibility } from "./schema";

const portSchema: Schema = { type: "integer", minimum: 1, maximum: 65_535 };
const icmpNumberSchema: Schema = { type: "integer", minimum: -1, maximum: 254, nullable: true };

const source = idRef("Security Group allowed");

/** The body of POST /security-group/{id}/rules. */
export const ruleSchema: Schema = {
  type: "object",
  required: ["flow-direction", "protocol"],
  properties: {
    "flow-direction": { type: "string", description: "Network flow direction to match", enum: ["egress", "ingress"] },
    protocol: {
      type: "string",
      description: "Network protocol",
      enum: ["ah", "all", "esp", "gre", "icmp", "icmpv6", "ipip", "tcp", "udp"],
    },
    description: { type: "string", description: "Security Group rule description", maxLength: 255 },
    network: { type: "string", description: "CIDR-formatted network allowed" },
    "security-group": {
      ...source,
      properties: { ...source.properties, name: nameOf("Security Group name"), visibility },
    },
    "start-port": { ...portSchema, description: "Start port of the range" },
    "end-port": { ...portSchema, description: "End port of the range" },
    icmp: {
      type: "object",
      description: "ICMP details",
      properties: { type: icmpNumberSchema, code: icmpNumberSchema },
    },
  },
};

/** The record of a checked body. */
export function ruleOf(body: Body): RuleRecord {
  return {
    id: randomUUID(),
    "flow-direction": text(body, "flow-direction") ?? "",
    protocol: text(body, "protocol") ?? "",
    ...given("description", text(body, "description")),
    ...given("network", text(body, "network")),
    ...given("start-port", number(body, "start-port")),
    ...given("end-port", number(body, "end-port")),
    ...given("security-group", groupReference(body["security-group"])),
    ...given("icmp", icmpDetails(body)),
  };
}

function given<Name extends string, Value>(name: Name, value: Value | undefined): { [key in Name]?: Value } {
  const entry: { [key in Name]?: Value } = {};
  if (value !== undefined) entry[name] = value;
  return entry;
}

function groupReference(value: unknown): { id: string } | undefined {
  return typeof value === "object" && value !== null && "id" in value ? { id: String(value.id) } : undefined;
}

/** ICMP rules carry type and code, -1 meaning any. */
function icmpDetails(body: Body): { type: number; code: number } | undefined {
  if (!String(body["protocol"]).startsWith("icmp")) return undefined;
  const details: Body = { ...(typeof body["icmp"] === "object" ? body["icmp"] : {}) };
  return { type: number(details, "type") ?? -1, code: number(details, "code") ?? -1 };
}
