import type { HostAccess, HostKey, Instance, KeyChangeReport, SshKey } from "../../../account";
import { InvalidArgumentError } from "../../../errors";
import { type PublicKey, parsePublicKey } from "../../../keys/public_key";
import { credentialsOf, distinct, privateHalvesFor } from "../../access/credentials";
import { hostAccess } from "../../access/host_access";
import { changeLabels } from "../../labels/change_labels";
import {
  closedKeyLabel,
  closedKeyLabels,
  type LabelChanges,
  labelsBeforeAdding,
  labelsOnceClosed,
} from "../../labels/key_labels";
import { type Labels, pinOf, sha256InHex } from "../../labels/reserved_labels";
import { findExisting } from "../../machine";
import type { InstanceState } from "../fields";
import type { Job, Remembered } from "../job";
import { findDefaultUser, sshTarget } from "../login";
import { isUnsettled, type KeyPlan, planKeyChange } from "./key_plan";
import { sameKeys } from "./keys";
import { trustOnFirstUse } from "./trust_on_first_use";

/** How long one connection may take, in milliseconds, up to the end of its login. */
const loginMs = 20_000;

/**
 * Changes the keys of a running machine to those that the program declares: adds, proves, removes, proves, without a
 * moment in which no key opens it. Labels tell of a key before it is added and until it is proven closed, so that it is
 * known whatever becomes of this run. Safe to repeat.
 *
 * @returns what to remember
 */
export async function changeInstanceKeys(job: Job, last: InstanceState, remembered: Remembered): Promise<Remembered> {
  const { account, zone, id, inputs } = job;
  const instance = await findExisting(zone, id);
  if (sameKeys(last.sshKeys, inputs.sshKeys) && !isUnsettled(inputs, last, instance.labels)) return remembered;
  const connection = inputs.connection ?? last.connection;
  // Without one the program keeps the machine as it is, and a check has seen to that.
  if (connection === undefined) return remembered;
  const registered = await account.sshKeys.list();
  const plan = planKeyChange(inputs, last, instance, registered);
  const matters = labelsToKeep(instance, registered);
  const hostKey = await carryOutPlan(job, plan, matters, instance, last, remembered);
  return { ...remembered, heldKeys: plan.held, ...(hostKey && { hostKeys: [`${hostKey.type} ${hostKey.base64}`] }) };
}

async function carryOutPlan(
  job: Job,
  plan: KeyPlan,
  matters: ReadonlySet<string>,
  instance: Instance,
  last: InstanceState,
  remembered: Remembered,
): Promise<HostKey | undefined> {
  const { zone, id, deadline, account, inputs, log } = job;
  if (plan.add.length === 0 && plan.remove.length === 0) return undefined;
  const owner = (await findDefaultUser(account, inputs, instance)) ?? inputs.connection?.user ?? "root";
  const access = await trustOnFirstUse(job, await instanceAccess(job, instance, last, remembered), owner, plan);
  const add = [...plan.add, ...(await findAbsentKeys(job, plan.doubtful, access, owner))];
  await changeLabels(zone, id, () => labelsBefore(add, remembered.owner), deadline);
  const report = await account.ssh.changeKeys(
    access,
    {
      user: owner,
      alsoFrom: ["root"],
      add: add.map((key) => ({ key, comment: key.comment })),
      remove: plan.remove,
      allowLockout: inputs.allowLockout === true,
      endSessions: inputs.terminateSessions === true,
    },
    (step) => log.info(`Instance "${inputs.name}": ${step}.`),
  );
  for (const note of report.notes) log.warn(`Instance "${inputs.name}": ${note}`);
  if (report.endedSessions > 0) log.info(`Instance "${inputs.name}": ${report.endedSessions} sessions were ended.`);
  await changeLabels(zone, id, (before) => labelsAfter(before, plan, report, matters), deadline);
  return report.hostKey;
}

/**
 * Where the machine is and how to get in: by what logged in before, then by what the program says now, then by the pairs
 * whose keys it was given.
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
    timeoutMs: loginMs,
  });
}

/** What to say of a machine whose keys cannot be changed for want of an address. */
export function noAddressReason(name: string): string {
  return (
    `Instance "${name}" has no address to change its keys at. Give connection.host, or keep its keys: ignoreChanges: ` +
    '["sshKeys"].'
  );
}

/** Those of some keys that no file of the account has, whatever options their lines would have. */
async function findAbsentKeys({ account }: Job, keys: readonly PublicKey[], access: HostAccess, owner: string) {
  if (keys.length === 0) return [];
  const { publicKeys } = await account.ssh.listKeys(access, owner);
  const there = new Set(publicKeys.map((text) => parsePublicKey(text).fingerprintSha256));
  return keys.filter(({ fingerprintSha256 }) => !there.has(fingerprintSha256));
}

function labelsBefore(keys: readonly PublicKey[], owner: string | undefined): LabelChanges {
  return Object.assign({}, ...keys.map((key) => labelsBeforeAdding(key, owner)));
}

/** Labels of the keys that somebody may ask about: those of the account, and those that the API lists here. */
function labelsToKeep({ "ssh-keys": listed = [] }: Instance, registered: readonly SshKey[]): ReadonlySet<string> {
  return new Set([...registered, ...listed].map(({ fingerprint = "" }) => closedKeyLabel(fingerprint)));
}

function labelsAfter(
  before: Labels,
  plan: KeyPlan,
  { hostKey, closed }: KeyChangeReport,
  matters: ReadonlySet<string>,
): LabelChanges {
  const host = sha256InHex(hostKey.fingerprintSha256);
  const taken = plan.removed.filter(({ fingerprintMd5 }) => closed.includes(fingerprintMd5 ?? ""));
  const changes: LabelChanges = Object.assign(
    // A stray that no file has was never added, or is off: nobody else knows of it.
    Object.fromEntries([...plan.strays].map(({ label }) => [label, undefined])),
    ...taken.map((key) => labelsOnceClosed(key, host)),
    ...closed.map((fingerprintMd5) => labelsOnceClosed({ fingerprintMd5 }, host)),
  );
  const told = [...closedKeyLabels(before), ...closedKeyLabels(changes as Labels)];
  return {
    ...changes,
    ...Object.fromEntries(told.filter((name) => !matters.has(name)).map((name) => [name, undefined])),
  };
}
