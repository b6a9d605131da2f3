import type { Account, KeyStatus } from "../../account";
import { KeyStillHeldError } from "../../errors";
import { printable } from "../../errors/printable";
import type { Context } from "../contract/resource";
import type { Run } from "../contract/run";
import { describeHolder, findHolders, findHoldersInReachableZones, together } from "../revocation/holders";
import { findKeyStatuses, type HolderStatus } from "../revocation/key_status";
import type { RevocableKey } from "../revocation/revocable_key";
import { logRefusal, renameInPools, revoke } from "../revocation/revoke";
import type { SshKeyPairState } from "./fields";
import { removeKeyFile } from "./key_file";
import { revocableKey } from "./revocable_key";
import { searchAge } from "./search_age";
import { forgetPair, registrationOf, successorOf } from "./succession";

/** Longest time to examine all hosts, in milliseconds, whatever their firewalls do. */
const EXAMINATION_MS = 8_000;

/** Longest time to search one zone for holders that are only warned about, in milliseconds. */
const SEARCH_MS = 15_000;

/**
 * Deletes a pair from the account, if its own key is registered under its name, and then its private key file.
 *
 * Exoscale's deletion changes no instance. Holders are found by the key's name and fingerprint, so the search comes
 * before the deletion of the name.
 *
 * @throws KeyStillHeldError with `onDelete: "refuse"` if an instance or a pool that holds the key is not proven closed
 * @throws KeyNotRevokedError with `onDelete: "revoke"` if the key could not be closed everywhere
 */
export async function deleteKey(name: string, last: SshKeyPairState, context: Context): Promise<void> {
  const { run, log } = context;
  if (run.created.has(registrationOf(name, last))) {
    log.info(`SSH key "${name}" was registered by this run as its own replacement, so it is not deleted.`);
    return;
  }
  forgetPair(run, last);
  const maxAgeMs = searchAge(run, last);
  const findWarnings = await applyOnDelete(name, last, context, maxAgeMs);
  await removeRegistration(name, last, context);
  // The file goes last: it may be what logs in again where this run is killed.
  const warnings = await findWarnings();
  await removeKeyFile(last, context);
  for (const warning of warnings) log.warn(warning);
}

/**
 * Does what `onDelete` says about the holders.
 *
 * @returns asks which holders stay open once the key is deleted, and gives the warnings about them
 */
async function applyOnDelete(
  name: string,
  last: SshKeyPairState,
  context: Context,
  maxAgeMs: number,
): Promise<() => Promise<string[]>> {
  const { account, run, log } = context;
  const key = { ...(await revocableKey(last, successorOf(run, last), context)), name };
  const twin = await findDeclaredTwin(account, run, last);
  if (twin !== undefined) {
    log.info(
      `SSH key "${name}" is also declared as "${twin}": only this name is deleted from the account, and no machine loses the key.`,
    );
    if (last.onDelete === "revoke") await renameInPools(key, twin, context);
    return async () => [];
  }
  if (last.onDelete === "revoke") {
    await revoke(key, context);
    return async () => [];
  }
  if (last.onDelete === "refuse") await refuseIfHeld(key, context);
  // A zone that cannot be searched does not stop the deletion: a warning names it.
  const { holders, unsearched } = await findHoldersInReachableZones(account, key, SEARCH_MS, maxAgeMs);
  return async () => {
    const statuses = await findKeyStatuses(key, holders, account, EXAMINATION_MS);
    const open = notClosed(statuses);
    logRefusals(key, context, statuses);
    return [
      ...(open.length > 0 ? [caveat(name, open)] : []),
      ...(unsearched.length > 0 ? [unsearchedZones(name, unsearched)] : []),
    ];
  };
}

async function refuseIfHeld(key: RevocableKey, context: Context): Promise<void> {
  const { account } = context;
  const statuses = await findKeyStatuses(key, await findHolders(account, key), account, EXAMINATION_MS);
  const open = notClosed(statuses);
  if (open.length === 0) return;
  logRefusals(key, context, statuses);
  throw new KeyStillHeldError(refusal(key.name, open));
}

/** Says which of the machines that had the key are proven to refuse it. */
function logRefusals(key: RevocableKey, context: Context, statuses: readonly HolderStatus[]): void {
  const present = statuses.filter(({ isGone }) => isGone !== true);
  const refusing = present.filter(({ status }) => status === "closed").map(({ holder }) => holder);
  logRefusal(
    key,
    context,
    refusing,
    present.map(({ holder }) => holder),
  );
}

/** Another name under which the program declares the same key, which therefore stays on the machines. */
async function findDeclaredTwin(account: Account, run: Run, last: SshKeyPairState): Promise<string | undefined> {
  const { name, publicKeyFingerprintMd5: md5 } = last;
  if ([...run.declaredKeys].every((declared) => declared === name)) return undefined;
  const registered = await account.sshKeys.list();
  return registered.find((key) => key.fingerprint === md5 && key.name !== name && run.declaredKeys.has(key.name))?.name;
}

function unsearchedZones(name: string, unsearched: readonly string[]): string {
  return (
    `SSH key "${name}" is deleted from the account. These zones could not be searched for it: ${unsearched.join("; ")}. ` +
    "Instances there that hold it keep accepting it."
  );
}

async function removeRegistration(
  name: string,
  last: SshKeyPairState,
  { account, log }: Pick<Context, "account" | "log">,
): Promise<void> {
  const registered = await account.sshKeys.findListed(name, together);
  if (registered?.fingerprint === last.publicKeyFingerprintMd5) await account.sshKeys.remove(name);
  else if (registered) {
    log.warn(
      `SSH key "${name}" in the account is not this stack's (fingerprint ${registered.fingerprint}, ours ` +
        `${last.publicKeyFingerprintMd5}), so it is left there.`,
    );
  }
}

function refusal(name: string, statuses: readonly HolderStatus[]): string {
  return [
    `SSH key "${name}" is not deleted (onDelete: "refuse"):`,
    ...describeStatuses(statuses),
    'Delete those instances first; or set onDelete: "revoke", which removes the key from them, or "warn", run "pulumi up", ' +
      'then delete the key. A pair that is already replaced keeps its "refuse": remove it from the state with "pulumi state ' +
      'delete".',
  ].join(" ");
}

function notClosed(statuses: readonly HolderStatus[]): HolderStatus[] {
  return statuses.filter(({ status }) => status !== "closed");
}

function namesOf(statuses: readonly HolderStatus[], wanted: KeyStatus): string {
  return statuses
    .filter(({ status }) => status === wanted)
    .map(({ holder }) => describeHolder(holder))
    .join(", ");
}

/** Says what is known of the holders that are not proven closed. */
function describeStatuses(statuses: readonly HolderStatus[]): string[] {
  const [open, silent, refusing] = [
    namesOf(statuses, "open"),
    namesOf(statuses, "unknown"),
    namesOf(statuses, "refused"),
  ];
  return [
    open && `it still opens ${open}.`,
    silent &&
      `It was installed on ${silent}, which could not be asked; expect that it still opens them (${reasonsOf(statuses)}).`,
    refusing && `Refused when asked from here, which is no proof: ${refusing}.`,
  ].filter(Boolean);
}

/** Why holders could not be asked: each reason once, with the names of its holders. */
function reasonsOf(statuses: readonly HolderStatus[]): string {
  const names = new Map<string, string[]>();
  for (const { holder, status, reason } of statuses) {
    if (status === "unknown") names.set(reason, [...(names.get(reason) ?? []), printable(holder.name)]);
  }
  return [...names].map(([reason, holders]) => `${holders.join(", ")}: ${reason.replace(/\.$/, "")}`).join("; ");
}

function caveat(name: string, statuses: readonly HolderStatus[]): string {
  return [
    `SSH key "${name}" is deleted from the account but not revoked:`,
    ...describeStatuses(statuses),
    "Remove its line from ~/.ssh/authorized_keys there to close it. An Instance with a connection removes a key that leaves " +
      'its sshKeys, and a pair with onDelete: "revoke" closes itself everywhere before it is deleted.',
  ].join(" ");
}
