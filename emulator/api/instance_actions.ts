/** Actions on an existing instance: start, stop, reboot, scale, resize, enable TPM, protect. */
import type { Settings } from "../settings";
import { number, refId, text } from "./body";
import { instanceTypes } from "./catalogue";
import { badRequest, conflict, mustBeStopped, notFound, protectedInstance } from "./errors";
import { setState } from "./instance_create";
import { instanceOf } from "./instances";
import { notEmulated } from "./not_emulated";
import type { InstanceRecord } from "./records";
import { type ApiRequest, begin, type Route } from "./route";
import { checkBody, idRef, type Schema } from "./schema";

const scaleSchema: Schema = {
  type: "object",
  required: ["instance-type"],
  properties: { "instance-type": idRef("Instance Type") },
};

const resizeSchema: Schema = {
  type: "object",
  required: ["disk-size"],
  properties: {
    "disk-size": { type: "integer", description: "Instance disk size in GiB", minimum: 10, maximum: 51_200 },
  },
};

const startSchema: Schema = {
  type: "object",
  properties: { "rescue-profile": { type: "string", enum: ["netboot", "netboot-efi"] } },
};

/** Actions are PUT, but for one. */
export const instanceActionRoutes: readonly Route[] = [
  ["PUT", "/instance/{id}:start", start],
  ["PUT", "/instance/{id}:stop", stop],
  ["PUT", "/instance/{id}:reboot", reboot],
  ["PUT", "/instance/{id}:scale", scale],
  ["PUT", "/instance/{id}:resize-disk", resizeDisk],
  ["POST", "/instance/{id}:enable-tpm", enableTpm],
  ["PUT", "/instance/{id}:add-protection", (request) => protect(request, true)],
  ["PUT", "/instance/{id}:remove-protection", (request) => protect(request, false)],
];

function start(request: ApiRequest) {
  const instance = instanceOf(request);
  const body = request.body === undefined ? {} : checkBody(startSchema, request.body);
  if (text(body, "rescue-profile") !== undefined) throw notEmulated("rescue mode");
  if (instance.state !== "stopped") throw conflict(`Instance is ${instance.state}, not stopped`);
  return transition(request, instance, { during: "starting", after: "running", work: () => instance.machine.start() });
}

function stop(request: ApiRequest) {
  const instance = instanceOf(request);
  if (instance.isProtected && request.world.settings.protectedStop === "refused") {
    throw protectedInstance("stop-instance", instance.id);
  }
  if (instance.state !== "running") throw conflict(`Instance is ${instance.state}, not running`);
  return transition(request, instance, { during: "stopping", after: "stopped", work: () => instance.machine.stop() });
}

function reboot(request: ApiRequest) {
  const instance = instanceOf(request);
  if (instance.state !== "running") throw conflict(`Instance is ${instance.state}, not running`);
  const work = async () => {
    await instance.machine.stop();
    await instance.machine.start();
  };
  return begin(request, { noun: "instance", id: instance.id, work, fail: () => setState(instance, "error") });
}

function transition(
  request: ApiRequest,
  instance: InstanceRecord,
  step: { during: "starting" | "stopping"; after: "running" | "stopped"; work: () => Promise<void> },
) {
  instance.state = step.during;
  return begin(request, {
    noun: "instance",
    id: instance.id,
    envelope: "resource",
    work: step.work,
    settle: () => setState(instance, step.after),
    fail: () => setState(instance, "error"),
  });
}

function scale(request: ApiRequest) {
  const instance = instanceOf(request);
  const typeId = refId(checkBody(scaleSchema, request.body), "instance-type");
  const [from, to] = [instance.typeId, typeId].map((id) => instanceTypes.find((type) => type.id === id));
  if (!to) throw notFound("Instance type");
  if (instance.state !== "stopped") throw mustBeStopped();
  if (!canScale(request.world.settings, from?.family, to.family)) {
    throw badRequest(`Instance can only be scaled within the family ${from?.family}`);
  }
  const settle = () => {
    instance.typeId = to.id;
  };
  return begin(request, { noun: "instance", id: instance.id, settle });
}

/** Families between which Exoscale's product page allows a change. */
const kindred = ["standard", "cpu", "memory"];

function canScale({ familyChange }: Settings, from: string | undefined, to: string): boolean {
  return from === to || (familyChange === "accepted" && [from ?? "", to].every((family) => kindred.includes(family)));
}

function resizeDisk(request: ApiRequest) {
  const instance = instanceOf(request);
  const size = number(checkBody(resizeSchema, request.body), "disk-size") ?? 0;
  if (instance.state !== "stopped") throw mustBeStopped();
  if (size < instance.diskSize) throw badRequest(`Disk of ${instance.diskSize} GiB cannot shrink to ${size} GiB`);
  const settle = () => {
    instance.diskSize = size;
  };
  return begin(request, { noun: "instance", id: instance.id, settle });
}

/** There is no way back. */
function enableTpm(request: ApiRequest) {
  const instance = instanceOf(request);
  if (instance.state !== "stopped") throw mustBeStopped();
  const settle = () => {
    instance.tpm = true;
  };
  return begin(request, { noun: "instance", id: instance.id, settle });
}

/** Protection can be set and removed. No route shows it. */
function protect(request: ApiRequest, isProtected: boolean) {
  const instance = instanceOf(request);
  const settle = () => {
    instance.isProtected = isProtected;
  };
  return begin(request, { noun: "instance", id: instance.id, settle });
}
