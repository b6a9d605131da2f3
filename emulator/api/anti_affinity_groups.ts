/** Anti-affinity groups: which instances run on different hardware. */
import { randomUUID } from "node:crypto";
import { text } from "./body";
import { unrecorded } from "./errors";
import type { AntiAffinityGroupRecord } from "./records";
import { type ApiRequest, begin, param, type Route } from "./route";
import { checkBody, nameOf, type Schema } from "./schema";
import { lookUp, type World } from "./world";

const createSchema: Schema = {
  type: "object",
  required: ["name"],
  properties: { name: nameOf("Anti-affinity Group name"), description: { type: "string", maxLength: 255 } },
};

/** List, create, get and delete. */
export const antiAffinityGroupRoutes: readonly Route[] = [
  [
    "GET",
    "/anti-affinity-group",
    ({ world }) => ({
      "anti-affinity-groups": [...world.antiAffinityGroups.values()].map((group) => groupBody(world, group)),
    }),
  ],
  ["POST", "/anti-affinity-group", create],
  ["GET", "/anti-affinity-group/{id}", (request) => groupBody(request.world, groupOf(request))],
  ["DELETE", "/anti-affinity-group/{id}", remove],
];

function groupOf(request: ApiRequest): AntiAffinityGroupRecord {
  return lookUp(request.world.antiAffinityGroups, param(request, "id"), "Anti-affinity group");
}

function create(request: ApiRequest) {
  const body = checkBody(createSchema, request.body);
  const name = text(body, "name") ?? "";
  const groups = request.world.antiAffinityGroups;
  if ([...groups.values()].some((group) => group.name === name)) {
    throw unrecorded(409, `Anti-affinity group ${name} already exists`);
  }
  const group = { id: randomUUID(), name, description: text(body, "description") };
  if (!request.fault) groups.set(group.id, group);
  return begin(request, { noun: "anti-affinity-group", id: group.id });
}

function remove(request: ApiRequest) {
  const { world } = request;
  const group = groupOf(request);
  if (members(world, group.id).length > 0) {
    throw unrecorded(world.settings.groupInUse, `Anti-affinity group ${group.name} is in use`);
  }
  const settle = () => world.antiAffinityGroups.delete(group.id);
  return begin(request, { noun: "anti-affinity-group", id: group.id, settle });
}

function members(world: World, id: string): { id: string }[] {
  const instances = world.instances.filter(({ antiAffinityGroups }) => antiAffinityGroups.includes(id));
  return instances.map((instance) => ({ id: instance.id }));
}

function groupBody(world: World, { id, name, description }: AntiAffinityGroupRecord) {
  return { id, name, ...(description !== undefined && { description }), instances: members(world, id) };
}
