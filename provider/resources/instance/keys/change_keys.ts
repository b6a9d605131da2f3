import type { HostAccess, HostKey, KeyChangeReport } from "../../../account";
import { type PublicKey, parseLoginKey } from "../../../keys/public_key";
import { hostKeyText } from "../../access/host_keys";
import { newOwner } from "../../contract/identity";
import { changeLabels } from "../../labels/change_labels";
import { OWNER_LABEL } from "../../labels/reserved_labels";
import { findExisting } from "../../machine";
import { explainSilence } from "../../open_port";
import type { InstanceState } from "../fields";
import type { Job, Remembered } from "../job";
import { namesByFingerprint } from "./access_changes";
import { unrecognizedKeys, withBootKeys, withPublicKeys } from "./given_keys";
import { factsOf } from "./key_facts";
import { isUnsettled, type KeyPlan, planKeyChange } from "./key_plan";
import { sameKeys, withPublicKeysOfRun } from "./keys";
import { closedLabelsToKeep, labelsAfter, labelsBefore } from "./labels";
import { instanceAccess, type KnownMachine, ownerOf } from "./machine_access";
import { neverFound } from "./never_found";
import { trustOnFirstUse } from "./trust_on_first_use";

/**
 * Changes the keys of a running machine to those that the program declares: adds, proves, removes, proves. At every
 * moment some key opens it. Labels record a key from before it is added until it is proven closed, so that the next run
 * knows it even if this one is killed. Safe to repeat.
 *
 * @returns what to remember
 */
export async function changeInstanceKeys(job: Job, last: InstanceState, remembered: Remembered): Promise<Remembered> {
  const { account, zone, id, inputs } = job;
  const instance = await findExisting(zone, id);
  if (sameKeys(last.sshKeys, inputs.sshKeys) && !isUnsettled(inputs, remembered, instance)) return remembered;
  const connection = inputs.connection ?? last.connection;
  // Without a connection the machine stays as it is. A check has refused a change of `sshKeys`.
  if (connection === undefined) return remembered;
  const registered = await account.sshKeys.list();
  const heldKeys = await recognizedRecord(job, { instance, last, remembered });
  const sshKeys = withPublicKeysOfRun(inputs.sshKeys, job.run, registered);
  const plan = planKeyChange({ ...inputs, sshKeys }, { ...remembered, heldKeys }, instance, registered);
  // The state of an imported machine may have no owner. With one, an interrupted run's keys are known to be its own.
  const owner = remembered.owner ?? instance.labels?.[OWNER_LABEL] ?? newOwner(inputs);
  const owned = { ...remembered, owner };
  const hostKey = await carryOutPlan(job, {
    instance,
    last,
    remembered: owned,
    plan,
    closedLabels: closedLabelsToKeep(instance, registered),
    names: namesByFingerprint({ ...last, heldKeys }, { sshKeys }, registered),
  });
  if (hostKey === undefined) return { ...remembered, heldKeys: plan.held };
  return { ...owned, heldKeys: plan.held, hostKeys: [hostKeyText(hostKey)] };
}

/**
 * The record of what the machine was given, with the public keys that tell whose its labels are. Only a machine that
 * was imported, and that a program once made, can have a label of which nothing else is known. Then its files tell.
 */
async function recognizedRecord(job: Job, machine: KnownMachine) {
  const { instance, last, remembered } = machine;
  const record = withPublicKeys(withBootKeys(remembered.heldKeys, instance), last.sshKeys);
  const known = [...record, ...(job.inputs.sshKeys ?? [])].map((key) => factsOf(key));
  if (unrecognizedKeys(instance.labels, known).length === 0) return record;
  const owner = await ownerOf(job, instance);
  const access = await instanceAccess(job, machine);
  // Nothing is concluded from another machine: the change itself checks the host key and the keys that are there.
  const acceptNew = !access.knownHostKeys?.length;
  const { publicKeys } = await job.account.ssh.listKeys({ ...access, ...(acceptNew && { acceptNew }) }, owner);
  return withPublicKeys(
    record,
    publicKeys.map((publicKeyOpenssh) => ({ name: "", publicKeyOpenssh })),
  );
}

/** A change of a machine's keys. */
interface KeyChange extends KnownMachine {
  readonly plan: KeyPlan;
  /** The labels of closed keys that are still needed. */
  readonly closedLabels: ReadonlySet<string>;
  /** The names of the keys by their fingerprints. */
  readonly names: ReadonlyMap<string, string>;
}

async function carryOutPlan(job: Job, change: KeyChange): Promise<HostKey | undefined> {
  const { plan, instance } = change;
  if (plan.add.length === 0 && plan.remove.length === 0) return undefined;
  const way = await instanceAccess(job, change);
  try {
    return await changeOverSsh(job, change, way);
  } catch (error) {
    throw await explainSilence(error, job.account, instance, way);
  }
}

async function changeOverSsh(job: Job, change: KeyChange, way: HostAccess): Promise<HostKey> {
  const { plan, names, closedLabels, instance, remembered } = change;
  const { zone, id, deadline, inputs, log } = job;
  const owner = await ownerOf(job, instance);
  const access = await trustOnFirstUse(job, way, owner, plan);
  const add = [...plan.add, ...(await findAbsentKeys(job, plan.doubtful, access, owner))];
  await changeLabels(zone, id, (before) => labelsBefore(before, add, remembered.owner), deadline);
  const report = await job.account.ssh.changeKeys(
    access,
    {
      user: owner,
      alsoFrom: ["root"],
      add: add.map((key) => ({ key, comment: key.comment })),
      remove: plan.remove,
      names,
      machine: `instance "${inputs.name}"`,
      allowLockout: inputs.allowLockout === true,
      endSessions: inputs.terminateSessions === true,
    },
    (step) => log.info(`Instance "${inputs.name}": ${step}.`),
  );
  for (const warning of neverFound(instance, plan, report)) log.warn(warning);
  for (const note of report.notes) log.warn(`Instance "${inputs.name}": ${note}`);
  if (report.endedSessions > 0) log.info(`Instance "${inputs.name}": ${report.endedSessions} sessions were ended.`);
  await changeLabels(zone, id, (before) => labelsAfter(before, plan, report, closedLabels), deadline);
  rememberClosed(job, report);
  logResult(job, report, names);
  return report.hostKey;
}

/** Lets the deletion of a pair say later in this run that this machine refuses its key. */
function rememberClosed({ run, id, inputs }: Job, { closed }: KeyChangeReport): void {
  for (const fingerprint of closed) {
    run.closed.set(fingerprint, new Map(run.closed.get(fingerprint)).set(id, inputs.name));
  }
}

/** Says what is proven, by the names of the keys. */
function logResult({ inputs, log }: Job, { closed, added }: KeyChangeReport, names: KeyChange["names"]): void {
  const named = (keys: readonly string[]) => [...new Set(keys.map((key) => names.get(key) ?? key))].join(", ");
  if (added.length > 0) log.info(`Instance "${inputs.name}" accepts ${named(added)}.`);
  if (closed.length > 0) log.info(`Instance "${inputs.name}" refuses ${named(closed)}.`);
}

/** The given keys that no file of the user has on the host, with any options. */
async function findAbsentKeys({ account }: Job, keys: readonly PublicKey[], access: HostAccess, owner: string) {
  if (keys.length === 0) return [];
  const { publicKeys } = await account.ssh.listKeys(access, owner);
  const present = new Set(publicKeys.map((text) => parseLoginKey(text).fingerprintSha256));
  return keys.filter(({ fingerprintSha256 }) => !present.has(fingerprintSha256));
}
