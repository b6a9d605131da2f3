import type { HostKey, Instance, KeyChangeReport } from "../../account";
import { InvalidArgumentError } from "../../errors";
import { bastionOf, credentialsOf, distinct, privateHalvesFor } from "../connection/credentials";
import type { InstanceState } from "./fields";
import type { Job } from "./job";
import { type KeyPlan, keyPlan } from "./key_plan";
import { sameKeys } from "./keys";
import { defaultUser, sshTarget } from "./login";
import { existing } from "./power";
import { relabel } from "./relabel";
import { closedKeyLabel, closedLabels, heldKeyEntry, hostKeyLabel, pinOf, sha256InHex } from "./reserved_labels";
import type { Remembered } from "./state";

/** How long one connection may take, in milliseconds, up to the end of its login. */
const loginMs = 20_000;

/**
 * Changes the keys of a running machine to those that the program declares: adds, proves, removes, proves, without a
 * moment in which no key opens it. Labels tell of a key before it is added and until it is proven closed, so that it is
 * known whatever becomes of this run. Safe to repeat.
 *
 * @returns what to remember
 */
export async function keysAsAsked(job: Job, last: InstanceState, remembered: Remembered): Promise<Remembered> {
  const { account, zone, id, inputs } = job;
  if (sameKeys(last.sshKeys, inputs.sshKeys)) return remembered;
  const instance = await existing(zone, id);
  const plan = keyPlan(inputs, last, instance, await account.sshKeys.list());
  const hostKey = await carriedOut(job, plan, instance, last, remembered);
  return { ...remembered, heldKeys: plan.held, ...(hostKey && { hostKeys: [`${hostKey.type} ${hostKey.base64}`] }) };
}

async function carriedOut(
  job: Job,
  plan: KeyPlan,
  instance: Instance,
  last: InstanceState,
  remembered: Remembered,
): Promise<HostKey | undefined> {
  const { zone, id, deadline, account, inputs, log } = job;
  if (plan.add.length === 0 && plan.remove.length === 0) return undefined;
  const adds = plan.add.map((key) => heldKeyEntry(key));
  const access = await accessTo(job, instance, last, remembered);
  await relabel(zone, id, Object.fromEntries(adds), deadline);
  const report = await account.ssh.changeKeys(
    access,
    {
      user: await keyOwner(job, instance, access.target.user),
      alsoFrom: ["root"],
      add: plan.add.map((key) => ({ key, comment: key.comment })),
      remove: plan.remove,
      allowLockout: inputs.allowLockout === true,
      endSessions: inputs.terminateSessions === true,
    },
    (step) => log.info(`Instance "${inputs.name}": ${step}.`),
  );
  for (const note of report.notes) log.warn(`Instance "${inputs.name}": ${note}`);
  if (report.endedSessions > 0) log.info(`Instance "${inputs.name}": ${report.endedSessions} sessions were ended.`);
  await relabel(zone, id, await labelsAfter(job, plan, report), deadline);
  return report.hostKey;
}

/**
 * Where the machine is and how to get in: by what logged in before, then by what the program says now, then by the pairs
 * whose keys it was given.
 */
async function accessTo(job: Job, instance: Instance, last: InstanceState, { hostKeys }: Remembered) {
  const { account, inputs } = job;
  const connection = inputs.connection ?? last.connection;
  const owner = await defaultUser(account, inputs, instance);
  const target = sshTarget(account, { ...inputs, connection }, instance, connection?.user ?? owner);
  if (!target) {
    throw new InvalidArgumentError(
      `Instance "${inputs.name}" has no address to change its keys at. Give connection.host, or ignoreChanges: ["sshKeys"].`,
    );
  }
  const bastion = bastionOf(connection, target.user);
  const pinned = connection?.hostKey === undefined ? (hostKeys ?? pinOf(instance.labels)) : [connection.hostKey];
  return {
    target,
    credentials: distinct([
      ...credentialsOf(account, last.connection, inputs.connection),
      ...privateHalvesFor(account, instance.labels),
    ]),
    knownHostKeys: pinned,
    acceptNew: pinned.length === 0,
    timeoutMs: loginMs,
    ...(bastion && { bastion }),
  };
}

/** Whose authorized_keys: cloud-init gave them to the template's user, whoever logs in. */
async function keyOwner({ account, inputs }: Job, instance: Instance, loginUser: string): Promise<string> {
  return (await defaultUser(account, inputs, instance)) ?? loginUser;
}

async function labelsAfter({ account, zone, id }: Job, plan: KeyPlan, { hostKey, closed }: KeyChangeReport) {
  const host = sha256InHex(hostKey.fingerprintSha256);
  const { labels = {}, "ssh-keys": listed = [] } = await existing(zone, id);
  const registered = await account.sshKeys.list();
  const matters = new Set([...registered, ...listed].map(({ fingerprint = "" }) => closedKeyLabel(fingerprint)));
  const opened = plan.add.map(({ fingerprintMd5 }) => closedKeyLabel(fingerprintMd5));
  const removed = [...closed, ...plan.removed.flatMap(({ fingerprintMd5 = [] }) => fingerprintMd5)];
  const gone = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, undefined]));
  return {
    // Of keys that neither the account nor the API's list of this instance has, nobody asks any more.
    ...gone(closedLabels(labels).filter((name) => !matters.has(name))),
    ...gone([...plan.labels, ...opened]),
    ...Object.fromEntries(removed.map((fingerprint) => [closedKeyLabel(fingerprint), host])),
    [hostKeyLabel]: host,
  };
}
