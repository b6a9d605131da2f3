/** The read-only routes: instance types, templates and operations. */
import { createHash } from "node:crypto";
import { instanceTypes } from "./catalogue";
import { notFound } from "./errors";
import type { InstanceTypeRecord, TemplateRecord } from "./records";
import { type ApiRequest, param, type Route } from "./route";
import { checkQuery, visibility } from "./schema";
import { lookUp, type World } from "./world";

/** GET only. */
export const catalogueRoutes: readonly Route[] = [
  ["GET", "/instance-type", ({ world }) => ({ "instance-types": instanceTypes.map((type) => typeBody(world, type)) })],
  ["GET", "/instance-type/{id}", getType],
  ["GET", "/template", listTemplates],
  ["GET", "/template/{id}", ({ zone, params }) => templateBody(lookUp(zone.templates, params["id"] ?? "", "Template"))],
  ["GET", "/operation/{id}", (request) => request.world.operations.find(param(request, "id"))],
];

function getType(request: ApiRequest) {
  const type = instanceTypes.find(({ id }) => id === param(request, "id"));
  if (!type) throw notFound("Instance type");
  return typeBody(request.world, type);
}

function typeBody(world: World, type: InstanceTypeRecord) {
  return { ...type, zones: world.zones.map(({ name }) => name) };
}

/** Without `visibility` the real API lists the public ones. */
function listTemplates({ zone, query }: ApiRequest) {
  checkQuery({ visibility }, query);
  const wantedVisibility = query.get("visibility") || "public";
  const family = query.get("family");
  const wanted = [...zone.templates.values()].filter(
    (template) => template.visibility === wantedVisibility && (!family || template.family === family),
  );
  return { templates: wanted.map(templateBody) };
}

/** With the members that were recorded, and therefore without the `zones` that the API document declares. */
function templateBody(template: TemplateRecord) {
  return {
    id: template.id,
    name: template.name,
    description: template.name,
    family: template.family,
    version: template.version,
    build: "2026-11-01",
    maintainer: "Exoscale",
    checksum: createHash("md5").update(template.id).digest("hex"),
    "created-at": "2026-11-01T00:00:00Z",
    visibility: template.visibility,
    "default-user": template.defaultUser,
    size: template.size,
    "boot-mode": "legacy",
    "ssh-key-enabled": template.sshKeyEnabled,
    "password-enabled": true,
    "application-consistent-snapshot-enabled": false,
  };
}
