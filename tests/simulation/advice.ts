/** What a user does who reads the errors of a run: only what they say. */
import { publicHalf } from "../../provider/keys/public_half";
import type { SimulatedStack } from "./engine_model";

/** @returns whether there was something to do */
export function followAdvice(stack: SimulatedStack, errors: readonly string[]): boolean {
  const done = errors.flatMap((error) => [deleteAsTold(stack, error), moveFileAway(stack, error)]);
  return done.includes(true);
}

/** Deletes the machines that a line says to delete, and that no state has. */
export function deleteMachines({ api: { world, machines }, saved }: SimulatedStack, lines: readonly string[]): void {
  const told = lines.flatMap((line) => [...line.matchAll(/exo compute instance delete --zone (\S+) ([0-9a-f-]{36})/g)]);
  for (const [, name, id = ""] of told) {
    const zone = world.zones.find((each) => each.name === name);
    const record = zone?.instances.get(id);
    if (!zone || !record || saved.some((resource) => resource.id.endsWith(id))) continue;
    machines.hosts.delete(record.address);
    zone.instances.delete(id);
  }
}

/** Runs the commands that delete something that no state has. */
function deleteAsTold({ api: { world }, saved }: SimulatedStack, error: string): boolean {
  const told = [...error.matchAll(/exo compute (ssh-key|security-group) delete (\S+?)[.,;]?(?=\s|$)/g)];
  const free = told.filter(([, , id = ""]) => !saved.some((resource) => resource.id === id));
  return free
    .map(([, kind, id = ""]) => (kind === "ssh-key" ? world.keys : world.securityGroups).delete(id))
    .includes(true);
}

/** Moves a private key file away that is in the way, unless its key is in use. */
function moveFileAway({ files, saved, api: { machines } }: SimulatedStack, error: string): boolean {
  const [, path = ""] = /"([^"]+)" exists and holds the private key/.exec(error) ?? [];
  const fingerprint = publicHalf(files.texts.get(path) ?? "")?.fingerprintSha256;
  if (fingerprint === undefined) return false;
  const isSaved = saved.some(({ outputs }) => outputs["publicKeyFingerprintSha256"] === fingerprint);
  const isOpen = [...machines.hosts.values()].some((host) => host.accepted().has(fingerprint));
  return !isSaved && !isOpen && files.texts.delete(path);
}
