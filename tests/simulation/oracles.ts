/** What must hold after something went wrong. */
import { publicHalf } from "../../provider/keys/public_half";
import type { Outcome, SimulatedStack } from "./engine_model";

/** Runs with faults, the next one without, and one more. */
export interface Runs {
  /** Those of the account; the runs are the first one's. */
  readonly stacks: readonly [SimulatedStack, ...SimulatedStack[]];
  readonly faulted: readonly Outcome[];
  readonly recovery: Outcome;
  readonly again: Outcome;
}

const savedIn = (stacks: readonly SimulatedStack[]) => stacks.flatMap(({ saved }) => saved);

/** @returns what is wrong, and which keys and groups of the account no state has, though a line names them */
export function judge({ stacks, faulted, recovery, again }: Runs): { wrong: string[]; left: string[] } {
  const { world } = stacks[0].api;
  // Only who is told to delete something knows that it is too much.
  const shown = [...faulted, recovery, again].flatMap((run) => run.lines);
  const lines = shown.filter((line) => / delete .*exo compute|exo compute .* delete/.test(line)).join("\n");
  const inState = (type: string) => savedIn(stacks).filter((resource) => resource.type === type);
  const states = inState("Instance").map(({ id }) => id.split("/")[1] ?? id);
  const machines = world.instances.map(({ id }) => id);
  const keyNames = inState("SshKeyPair").map(({ id }) => id);
  const groupIds = inState("SecurityGroup").map(({ id }) => id);
  const groups = [...world.securityGroups.values()].filter(({ name }) => name !== "default");
  const left = [
    ...[...world.keys.keys()].filter((name) => !keyNames.includes(name)),
    ...groups.filter(({ id }) => !groupIds.includes(id)).map(({ name }) => name),
  ];
  const wrong = [
    ...(recovery.ended === "well" ? [] : [`the next run ${recovery.ended}: ${recovery.errors.join("; ")}`]),
    ...again.changes.map((change) => `the run after that has something to do: ${change}`),
    ...machines
      .filter((id) => !states.includes(id) && !lines.includes(id))
      .map((id) => `nobody knows the machine ${id}`),
    ...states.filter((id) => !machines.includes(id)).map((id) => `the machine ${id} of the state is lost`),
    ...left.filter((name) => !lines.includes(name)).map((name) => `nobody knows ${name}`),
    ...stacks.flatMap(twins),
    ...stacks.flatMap(findLockedOut),
    ...stacks.flatMap((stack) => foreignKeys(stack, shown)),
    ...stacks.flatMap(missingGrants),
    ...stacks.flatMap((stack) => lostFiles(stack, shown)),
  ];
  return { wrong, left };
}

/** What is wrong after a stack was destroyed. @param left the keys and groups that no state had before */
export function findRest({ api }: SimulatedStack, destroyed: Outcome, left: readonly string[]): string[] {
  const { world } = api;
  const groups = [...world.securityGroups.values()].map(({ name }) => name);
  const rest = [...world.keys.keys(), ...groups].filter((name) => name !== "default" && !left.includes(name));
  return [
    ...(destroyed.ended === "well" ? [] : [`the stack is not destroyed: ${destroyed.errors.join("; ")}`]),
    ...world.instances.map(({ name }) => `the destroyed stack leaves the machine ${name}`),
    ...rest.map((name) => `the destroyed stack leaves ${name}`),
  ];
}

/** Resources that a state has twice. */
function twins({ saved }: SimulatedStack): string[] {
  const names = saved.map(({ name }) => name);
  return names.filter((name, index) => names.indexOf(name) !== index).map((name) => `the state has ${name} twice`);
}

/** Machines of the state that run and that no private key of the state opens. */
export function findLockedOut({ api, saved }: SimulatedStack): string[] {
  const keys = saved.filter(({ type }) => type === "SshKeyPair").map(fingerprintOf);
  return machinesOf({ api, saved }).flatMap(({ name, host }) =>
    host.isUp && !keys.some((key) => host.opens(key)) ? [`nobody gets in to ${name}`] : [],
  );
}

/** Keys that open a machine and that the state does not have, unless a line says that one still opens it. */
function foreignKeys({ api, saved }: SimulatedStack, shown: readonly string[]): string[] {
  const isTold = (machine: string) =>
    shown.some((line) => /still opens|keep accepting/.test(line) && (line.includes(machine) || line.includes("zones")));
  const pairs = saved.filter(({ type }) => type === "SshKeyPair").map(fingerprintOf);
  const granted = saved.filter(({ type }) => type === "AuthorizedKey");
  const keys = new Set([...pairs, ...granted.map(({ outputs }) => String(outputs["fingerprintSha256"]))]);
  return machinesOf({ api, saved }).flatMap(({ name, host }) =>
    [...host.accepted()]
      .filter((key) => !keys.has(key) && !isTold(host.spec.hostname))
      .map((key) => `${name} still accepts ${key}`),
  );
}

/** Grants of the state that no machine has. */
function missingGrants({ api, saved }: SimulatedStack): string[] {
  const accepted = new Set([...api.machines.hosts.values()].flatMap((host) => [...host.accepted()]));
  return saved
    .filter(({ type, outputs }) => type === "AuthorizedKey" && !accepted.has(String(outputs["fingerprintSha256"])))
    .map(({ name }) => `no machine has the key of ${name}`);
}

/** Pairs of the state whose file does not hold their private half, and files that no pair has. */
function lostFiles({ files, saved }: SimulatedStack, shown: readonly string[]): string[] {
  const pairs = saved.flatMap(({ name, outputs }) => {
    const path = outputs["privateKeyFile"];
    return typeof path === "string" ? [{ name, path, fingerprint: outputs["publicKeyFingerprintSha256"] }] : [];
  });
  const lost = pairs.filter(({ path, fingerprint }) => {
    const text = files.texts.get(path);
    return text === undefined || publicHalf(text)?.fingerprintSha256 !== fingerprint;
  });
  const isTold = (path: string) => shown.some((line) => line.includes(path) && line.includes("Delete it yourself"));
  const known = pairs.map(({ path }) => path);
  return [
    ...lost.map(({ name }) => `the private key of ${name} is lost`),
    ...[...files.texts.keys()]
      .filter((path) => !known.includes(path) && !isTold(path))
      .map((path) => `no pair has the file ${path}`),
  ];
}

const fingerprintOf = ({ outputs }: { readonly outputs: Readonly<Record<string, unknown>> }) =>
  String(outputs["publicKeyFingerprintSha256"]);

/** The machines of the state that exist. */
function machinesOf({ api, saved }: Pick<SimulatedStack, "api" | "saved">) {
  return saved.flatMap(({ name, type, id }) => {
    const record = type === "Instance" ? api.world.instances.find((each) => id.endsWith(each.id)) : undefined;
    const host = record && api.machines.hosts.get(record.address);
    return host ? [{ name, host }] : [];
  });
}
