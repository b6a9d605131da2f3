import type { HostAccess, HostKey, Instance, KeyChangeReport, SshKey } from "../../../account";
import { InvalidArgumentError } from "../../../errors";
import { type PublicKey, parseLoginKey } from "../../../keys/public_key";
import { credentialsOf, distinct, privateHalvesFor } from "../../access/credentials";
import { hostAccess } from "../../access/host_access";
import { hostKeyText } from "../../access/host_keys";
import { newOwner } from "../../contract/identity";
import { changeLabels } from "../../labels/change_labels";
import {
  closedKeyLabel,
  closedKeyLabels,
  type LabelChanges,
  labelsBeforeAdding,
  labelsOnceClosed,
} from "../../labels/key_labels";
import { type Labels, OWNER_LABEL, pinOf, sha256InHex } from "../../labels/reserved_labels";
import { findExisting } from "../../machine";
import { explainSilence } from "../../open_port";
import type { InstanceState } from "../fields";
import type { Job, Remembered } from "../job";
import { findDefaultUser, sshTarget } from "../login";
import { namesByFingerprint } from "./access_changes";
import { unrecognizedKeys, withBootKeys, withPublicKeys } from "./given_keys";
import { factsOf } from "./key_facts";
import { isUnsettled, type KeyPlan, planKeyChange } from "./key_plan";
import { sameKeys, withPublicKeysOfRun } from "./keys";
import { neverFound } from "./never_found";
import { trustOnFirstUse } from "./trust_on_first_use";

/** How long one connection may take, in milliseconds, up to the end of its login. */
const LOGIN_TIMEOUT_MS = 20_000;

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
  const heldKeys = await recognizedRecord(job, instance, last, remembered);
  const sshKeys = withPublicKeysOfRun(inputs.sshKeys, job.run, registered);
  const plan = planKeyChange({ ...inputs, sshKeys }, { ...remembered, heldKeys }, instance, registered);
  const known = {
    closedLabels: closedLabelsToKeep(instance, registered),
    names: namesByFingerprint({ ...last, heldKeys }, { sshKeys }, registered),
  };
  // The state of an imported machine may have no owner. With one, an interrupted run's keys are known to be its own.
  const owner = remembered.owner ?? instance.labels?.[OWNER_LABEL] ?? newOwner(inputs);
  const owned = { ...remembered, owner };
  const hostKey = await carryOutPlan(job, plan, known, instance, last, owned);
  if (hostKey === undefined) return { ...remembered, heldKeys: plan.held };
  return { ...owned, heldKeys: plan.held, hostKeys: [hostKeyText(hostKey)] };
}

/**
 * The record of what the machine was given, with the public keys that tell whose its labels are. Only a machine that
 * was imported, and that a program once made, can have a label of which nothing else is known. Then its files tell.
 */
async function recognizedRecord(job: Job, instance: Instance, last: InstanceState, remembered: Remembered) {
  const record = withPublicKeys(withBootKeys(remembered.heldKeys, instance), last.sshKeys);
  const known = [...record, ...(job.inputs.sshKeys ?? [])].map((key) => factsOf(key));
  if (unrecognizedKeys(instance.labels, known).length === 0) return record;
  const owner = await ownerOf(job, instance);
  const access = await instanceAccess(job, instance, last, remembered);
  // Nothing is concluded from another machine: the change itself checks the host key and the keys that are there.
  const acceptNew = !access.knownHostKeys?.length;
  const { publicKeys } = await job.account.ssh.listKeys({ ...access, ...(acceptNew && { acceptNew }) }, owner);
  return withPublicKeys(
    record,
    publicKeys.map((publicKeyOpenssh) => ({ name: "", publicKeyOpenssh })),
  );
}

/** The account of the machine whose keys are changed: the one that cloud-init gave them to. */
async function ownerOf({ account, inputs }: Job, instance: Instance): Promise<string> {
  return (await findDefaultUser(account, inputs, instance)) ?? inputs.connection?.user ?? "root";
}

/** What the account says about the keys of a change. */
interface KnownKeys {
  /** The labels of closed keys that are still needed. */
  readonly closedLabels: ReadonlySet<string>;
  readonly names: ReadonlyMap<string, string>;
}

async function carryOutPlan(
  job: Job,
  plan: KeyPlan,
  known: KnownKeys,
  instance: Instance,
  last: InstanceState,
  remembered: Remembered,
): Promise<HostKey | undefined> {
  if (plan.add.length === 0 && plan.remove.length === 0) return undefined;
  const way = await instanceAccess(job, instance, last, remembered);
  try {
    return await changeOverSsh(job, plan, known, instance, way, remembered);
  } catch (error) {
    throw await explainSilence(error, job.account, instance, way);
  }
}

async function changeOverSsh(
  job: Job,
  plan: KeyPlan,
  { closedLabels, names }: KnownKeys,
  instance: Instance,
  way: HostAccess,
  remembered: Remembered,
): Promise<HostKey> {
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
function logResult({ inputs, log }: Job, { closed, added }: KeyChangeReport, names: KnownKeys["names"]): void {
  const named = (keys: readonly string[]) => [...new Set(keys.map((key) => names.get(key) ?? key))].join(", ");
  if (added.length > 0) log.info(`Instance "${inputs.name}" accepts ${named(added)}.`);
  if (closed.length > 0) log.info(`Instance "${inputs.name}" refuses ${named(closed)}.`);
}

/**
 * How to log in to the machine: first with the credentials of the last update, then with those of the program, then
 * with the pairs whose keys the machine was given.
 */
async function instanceAccess(
  job: Job,
  instance: Instance,
  last: InstanceState,
  { hostKeys }: Remembered,
): Promise<HostAccess> {
  const { account, run, inputs } = job;
  const connection = inputs.connection ?? last.connection;
  const owner = await findDefaultUser(account, inputs, instance);
  const target = sshTarget(account, { connection }, instance, connection?.user ?? owner);
  if (!target) throw new InvalidArgumentError(noAddressReason(inputs.name));
  return hostAccess({
    target,
    connection,
    credentials: distinct([
      ...credentialsOf(account, last.connection, inputs.connection),
      ...privateHalvesFor(run, instance.labels),
    ]),
    rememberedHostKeys: hostKeys ?? pinOf(instance.labels),
    timeoutMs: LOGIN_TIMEOUT_MS,
  });
}

/** The error text for a machine without an address, whose keys cannot be changed. */
export function noAddressReason(name: string): string {
  return (
    `Instance "${name}" has no address to change its keys at. Give connection.host, or keep its keys: ignoreChanges: ` +
    '["sshKeys"].'
  );
}

/** The given keys that no file of the user has on the host, with any options. */
async function findAbsentKeys({ account }: Job, keys: readonly PublicKey[], access: HostAccess, owner: string) {
  if (keys.length === 0) return [];
  const { publicKeys } = await account.ssh.listKeys(access, owner);
  const present = new Set(publicKeys.map((text) => parseLoginKey(text).fingerprintSha256));
  return keys.filter(({ fingerprintSha256 }) => !present.has(fingerprintSha256));
}

function labelsBefore(before: Labels, keys: readonly PublicKey[], owner: string | undefined): LabelChanges {
  const claims = keys.length > 0 && before[OWNER_LABEL] === undefined;
  return Object.assign(claims ? { [OWNER_LABEL]: owner } : {}, ...keys.map((key) => labelsBeforeAdding(key, owner)));
}

/** The labels of closed keys that are still needed: of keys of the account, and of keys that the API lists here. */
function closedLabelsToKeep({ "ssh-keys": listed = [] }: Instance, registered: readonly SshKey[]): ReadonlySet<string> {
  return new Set([...registered, ...listed].map(({ fingerprint = "" }) => closedKeyLabel(fingerprint)));
}

function labelsAfter(
  before: Labels,
  plan: KeyPlan,
  { hostKey, closed }: KeyChangeReport,
  toKeep: ReadonlySet<string>,
): LabelChanges {
  const host = sha256InHex(hostKey.fingerprintSha256);
  const removed = plan.removed.filter(({ fingerprintMd5 }) => closed.includes(fingerprintMd5 ?? ""));
  const changes: LabelChanges = Object.assign(
    // A stray key that no file has was never added, or is removed: only its label knows it.
    Object.fromEntries([...plan.strays].map(({ label }) => [label, undefined])),
    ...removed.map((key) => labelsOnceClosed(key, host)),
    ...closed.map((fingerprintMd5) => labelsOnceClosed({ fingerprintMd5 }, host)),
  );
  const closedLabels = [...closedKeyLabels(before), ...closedKeyLabels(changes as Labels)];
  return {
    ...changes,
    ...Object.fromEntries(closedLabels.filter((name) => !toKeep.has(name)).map((name) => [name, undefined])),
  };
}
