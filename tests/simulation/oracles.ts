/** What must hold after something went wrong. */
import type { Outcome, SimulatedStack } from "./engine_model";

/** A run with a fault, the next one without, and one more. */
export interface Judged {
  readonly stack: SimulatedStack;
  readonly faulted: Outcome;
  readonly recovery: Outcome;
  readonly again: Outcome;
}

/** @returns what is wrong, and which keys and groups of the account no state has, though a line names them */
export function judge({ stack, faulted, recovery, again }: Judged): { wrong: string[]; left: string[] } {
  const { world } = stack.api;
  const lines = [faulted, recovery, again].flatMap((outcome) => outcome.lines).join("\n");
  const inState = (type: string) => stack.saved.filter((resource) => resource.type === type);
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
    ...twins(stack),
    ...machinesWithoutKey(stack),
  ];
  return { wrong, left };
}

/** Resources that a state has twice. */
function twins({ saved }: SimulatedStack): string[] {
  const names = saved.map(({ name }) => name);
  return names.filter((name, index) => names.indexOf(name) !== index).map((name) => `the state has ${name} twice`);
}

/** A machine whose keys no private key of the state belongs to, though the program gives it one. */
function machinesWithoutKey({ api, saved }: SimulatedStack): string[] {
  const pairs = saved.filter(({ type }) => type === "SshKeyPair");
  const fingerprints = new Set(pairs.map(({ outputs }) => outputs["publicKeyFingerprintMd5"]));
  const declared = saved.filter(({ type, inputs }) => type === "Instance" && inputs["sshKeys"] !== undefined);
  return declared.flatMap(({ name, id }) => {
    const record = api.world.instances.find((each) => id.endsWith(each.id));
    const keys = record?.bootKeys ?? [];
    return record && !keys.some(({ fingerprint }) => fingerprints.has(fingerprint))
      ? [`nobody has a key for ${name}`]
      : [];
  });
}
