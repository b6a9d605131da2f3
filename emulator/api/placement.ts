/** Where an instance runs and what it is connected to, as instances and pools both take it. */
import { flag, refId, refIds, text } from "./body";
import { notFound } from "./errors";
import type { InstanceRecord } from "./records";
import type { Body, Schema } from "./schema";

const assignments = ["dual", "inet4", "none"] as const;

/** `public-ip-assignment`. */
export const assignmentSchema: Schema = {
  type: "string",
  description: "Assign public IP to the Instance",
  enum: assignments,
};

/** The public addresses that a body asks for, also with the older `ipv6-enabled`; undefined when it says nothing. */
export function assignmentIn(body: Body): InstanceRecord["publicIpAssignment"] | undefined {
  const asked = text(body, "public-ip-assignment");
  return assignments.find((known) => known === asked) ?? (flag(body, "ipv6-enabled") ? "dual" : undefined);
}

/** @throws ApiError 404 for a reference to what this account has none of */
export function refuseAbsent(body: Body): void {
  if (refId(body, "deploy-target") !== undefined) throw notFound("Deploy target");
  if (refIds(body, "elastic-ips")?.length) throw notFound("Elastic IP");
  if (refIds(body, "private-networks")?.length) throw notFound("Private network");
}
