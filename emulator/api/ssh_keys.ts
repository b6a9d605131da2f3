/**
 * SSH keys: a name and a fingerprint each, the same in every zone.
 *
 * No route here changes an instance. A deleted key stays in every guest that was created with it.
 */
import { parseAccountKey } from "./account_key";
import { text } from "./body";
import { unrecorded } from "./errors";
import type { KeyRecord } from "./records";
import { type ApiRequest, param, type Route } from "./route";
import { checkBody, type Schema } from "./schema";
import { lookUp, type World } from "./world";

const registerSchema: Schema = {
  type: "object",
  required: ["name", "public-key"],
  properties: {
    name: { type: "string", description: "SSH key name", pattern: /^[a-zA-Z0-9]{1}[a-zA-Z0-9._-]{0,254}$/ },
    "public-key": { type: "string", description: "Public key value" },
  },
};

/** Register, list, get and delete. */
export const sshKeyRoutes: readonly Route[] = [
  ["GET", "/ssh-key", ({ world }) => ({ "ssh-keys": [...world.keys.values()].map(keyBody) })],
  ["GET", "/ssh-key/{name}", (request) => keyBody(lookUp(request.world.keys, param(request, "name"), "SSH key"))],
  ["POST", "/ssh-key", register],
  ["DELETE", "/ssh-key/{name}", remove],
];

function register(request: ApiRequest) {
  const body = checkBody(registerSchema, request.body);
  const name = text(body, "name") ?? "";
  const record = keyRecord(request.world, name, text(body, "public-key") ?? "");
  const { keys, settings } = request.world;
  if (keys.has(name)) throw unrecorded(settings.duplicateName, `SSH key ${name} already exists`);
  return completeAtOnce(request, () => keys.set(name, record));
}

function remove(request: ApiRequest) {
  const { name } = lookUp(request.world.keys, param(request, "name"), "SSH key");
  return completeAtOnce(request, () => request.world.keys.delete(name));
}

/** Operations on keys succeed at once and have no reference. */
function completeAtOnce({ fault, world }: ApiRequest, work: () => void) {
  if (fault) return world.operations.end({ state: "failure", reason: fault.reason, message: fault.message });
  work();
  return world.operations.end({ state: "success" });
}

/** The record of a public key. @throws ApiError 409 for a key that the account does not accept */
export function keyRecord(world: World, name: string, publicKey: string): KeyRecord {
  const { fingerprint, line } = parseAccountKey(publicKey, world.settings);
  const twin = [...world.keys.values()].find((other) => other.name !== name && other.fingerprint === fingerprint);
  if (twin && world.settings.duplicateMaterial === "refused") {
    throw unrecorded(409, `SSH key already exists as ${twin.name}`);
  }
  return { name, fingerprint, publicKey: line };
}

const keyBody = ({ name, fingerprint }: KeyRecord) => ({ name, fingerprint });
