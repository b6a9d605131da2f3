/** Security groups and their rules, which decide who reaches a guest. */
import { randomUUID } from "node:crypto";
import { isNetwork } from "../network";
import { text } from "./body";
import { badRequest, unrecorded } from "./errors";
import type { RuleRecord, SecurityGroupRecord } from "./records";
import { type ApiRequest, begin, param, type Route } from "./route";
import { checkBody, checkQuery, idRef, nameOf, type Schema, visibility } from "./schema";
import { ruleOf, ruleSchema } from "./security_group_rule";
import { lookUp, type World } from "./world";

const createSchema: Schema = {
  type: "object",
  required: ["name"],
  properties: { name: nameOf("Security Group name"), description: { type: "string", maxLength: 255 } },
};

const memberSchema: Schema = {
  type: "object",
  required: ["instance"],
  properties: { instance: idRef("Compute instance") },
};

/** Groups, their rules, and the instances in them. */
export const securityGroupRoutes: readonly Route[] = [
  ["GET", "/security-group", list],
  ["POST", "/security-group", create],
  ["GET", "/security-group/{id}", (request) => groupBody(request.world, groupOf(request))],
  ["DELETE", "/security-group/{id}", remove],
  ["POST", "/security-group/{id}/rules", addRule],
  ["DELETE", "/security-group/{id}/rules/{rule}", removeRule],
  ["PUT", "/security-group/{id}:attach", attach],
  ["PUT", "/security-group/{id}:detach", detach],
];

function groupOf(request: ApiRequest): SecurityGroupRecord {
  return lookUp(request.world.securityGroups, param(request, "id"), "Security group");
}

function list({ world, query }: ApiRequest) {
  checkQuery({ visibility }, query);
  // Exoscale's own groups have the visibility "public". The emulator has none.
  const groups = query.get("visibility") === "public" ? [] : [...world.securityGroups.values()];
  return { "security-groups": groups.map((group) => groupBody(world, group)) };
}

function create(request: ApiRequest) {
  const body = checkBody(createSchema, request.body);
  const name = text(body, "name") ?? "";
  const { securityGroups } = request.world;
  if ([...securityGroups.values()].some((group) => group.name === name)) {
    throw unrecorded(409, `Security group ${name} already exists`);
  }
  const group = { id: randomUUID(), name, description: text(body, "description"), rules: [] };
  if (!request.fault) securityGroups.set(group.id, group);
  return begin(request, { noun: "security-group", id: group.id });
}

function remove(request: ApiRequest) {
  const { world } = request;
  const group = groupOf(request);
  const isUsed = world.instances.some(({ securityGroups }) => securityGroups.includes(group.id));
  if (isUsed || group.name === "default") {
    throw unrecorded(world.settings.groupInUse, `Security group ${group.name} is in use`);
  }
  return begin(request, {
    noun: "security-group",
    id: group.id,
    settle: () => world.securityGroups.delete(group.id),
  });
}

function addRule(request: ApiRequest) {
  const group = groupOf(request);
  const rule = ruleOf(checkBody(ruleSchema, request.body));
  checkNetwork(rule);
  const source = rule["security-group"]?.id;
  if (source) lookUp(request.world.securityGroups, source, "Security group");
  const settle = () => {
    group.rules = [...group.rules, rule];
  };
  return begin(request, { noun: "security-group", id: group.id, settle });
}

function checkNetwork({ network }: RuleRecord): void {
  if (network === undefined || isNetwork(network)) return;
  throw badRequest("Invalid value in network (description: `CIDR-formatted network allowed`) - should be a CIDR\n");
}

function removeRule(request: ApiRequest) {
  const group = groupOf(request);
  const id = param(request, "rule");
  lookUp(new Map(group.rules.map((rule) => [rule.id, rule])), id, "Security group rule");
  const settle = () => {
    group.rules = group.rules.filter((rule) => rule.id !== id);
  };
  return begin(request, { noun: "security-group", id: group.id, settle });
}

function attach(request: ApiRequest) {
  return changeMembers(request, (groups, id) => [...groups.filter((group) => group !== id), id]);
}

function detach(request: ApiRequest) {
  return changeMembers(request, (groups, id) => groups.filter((group) => group !== id));
}

function changeMembers(request: ApiRequest, change: (groups: readonly string[], id: string) => string[]) {
  const group = groupOf(request);
  const body = checkBody(memberSchema, request.body);
  const instance = request.zone.instance(memberId(body["instance"]));
  const settle = () => {
    instance.securityGroups = change(instance.securityGroups, group.id);
  };
  return begin(request, { noun: "security-group", id: group.id, settle });
}

function memberId(reference: unknown): string {
  return typeof reference === "object" && reference !== null && "id" in reference ? String(reference.id) : "";
}

/** Members that would be empty are left out, and `visibility` is there although the API document does not have it. */
function groupBody(world: World, { id, name, description, rules }: SecurityGroupRecord) {
  return {
    id,
    name,
    visibility: "private",
    ...(description !== undefined && description !== "" && { description }),
    ...(rules.length > 0 && { rules: rules.map((rule) => ruleBody(world, rule)) }),
  };
}

/** A rule shows the name of the group that it is about beside the id. */
function ruleBody({ securityGroups }: World, rule: RuleRecord): RuleRecord {
  const source = securityGroups.get(rule["security-group"]?.id ?? "");
  return source ? { ...rule, "security-group": { id: source.id, name: source.name } } : rule;
}
