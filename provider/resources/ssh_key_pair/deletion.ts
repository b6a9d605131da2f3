import type { Account, KeyStatus } from "../../account";
import { KeyStillHeldError } from "../../errors";
import type { Context, Log } from "../contract/resource";
import type { Run } from "../contract/run";
import { describeHolder, findHolders, findHoldersWhereSeen } from "../revocation/holders";
import { findKeyStatuses, type HolderStatus } from "../revocation/key_status";
import type { RevocableKey } from "../revocation/revocable_key";
import { renameInPools, revoke } from "../revocation/revoke";
import type { SshKeyPairState } from "./fields";
import { removeKeyFile } from "./key_file";
import { revocableKey } from "./revocable_key";
import { forgetPair, registrationOf, successorOf } from "./succession";

/** All the time that may be spent on asking hosts, in milliseconds, whatever their firewalls do. */
const ASKING_MS = 8_000;

/** All the time that a warning may spend on a zone's API, in milliseconds. */
const LOOKING_MS = 15_000;

/**
 * Deletes a pair from the account, if what is registered under its name is this pair, and then its private key file.
 *
 * Exoscale's deletion touches no instance. Holders are found by the key's name and fingerprint, so they are looked
 * for while the name still exists.
 *
 * @throws KeyStillHeldError with `onDelete: "refuse"` while an instance or a pool that holds the key is not proven closed
 * @throws KeyNotRevokedError with `onDelete: "revoke"` while it could not be closed everywhere
 */
export async function deleteKey(name: string, last: SshKeyPairState, context: Context): Promise<void> {
  const { account, run, log } = context;
  if (run.created.has(registrationOf(name, last))) {
    log.info(`SSH key "${name}" was registered by this run as its own replacement, so it is not deleted.`);
    return;
  }
  forgetPair(run, last);
  const warnOfHolders = await dealWithHolders(name, last, context);
  await removeRegistration(name, last, account, log);
  await removeKeyFile(last, context);
  await warnOfHolders();
}

/**
 * Does about the holders what `onDelete` says.
 *
 * @returns warns of those that stay open, once the key is deleted
 */
async function dealWithHolders(name: string, last: SshKeyPairState, context: Context): Promise<() => Promise<void>> {
  const { account, run, log } = context;
  const key = { ...(await revocableKey(last, successorOf(run, last), context)), name };
  const twin = await findDeclaredTwin(account, run, last);
  if (twin !== undefined) {
    log.info(
      `SSH key "${name}" is declared as "${twin}" as well: only its name leaves the account, no machine loses it.`,
    );
    if (last.onDelete === "revoke") await renameInPools(key, twin, context);
    return async () => {};
  }
  if (last.onDelete === "revoke") {
    await revoke(key, context);
    return async () => {};
  }
  if (last.onDelete === "refuse") await refuseIfHeld(key, account);
  // A warning is no reason to keep a key: what cannot be seen is named, and the deletion continues.
  const { holders, unseen } = await findHoldersWhereSeen(account, key, LOOKING_MS);
  return async () => {
    const open = notClosed(await findKeyStatuses(key, holders, account, ASKING_MS));
    if (open.length > 0) log.warn(caveat(name, open));
    if (unseen.length > 0) log.warn(unseenZones(name, unseen));
  };
}

async function refuseIfHeld(key: RevocableKey, account: Account): Promise<void> {
  const open = notClosed(await findKeyStatuses(key, await findHolders(account, key), account, ASKING_MS));
  if (open.length > 0) throw new KeyStillHeldError(refusal(key.name, open));
}

/** Another name under which the program itself declares the same key: it is to stay on machines. */
async function findDeclaredTwin(account: Account, run: Run, last: SshKeyPairState): Promise<string | undefined> {
  const { name, publicKeyFingerprintMd5: md5 } = last;
  const registered = await account.sshKeys.list();
  return registered.find((key) => key.fingerprint === md5 && key.name !== name && run.declaredKeys.has(key.name))?.name;
}

function unseenZones(name: string, unseen: readonly string[]): string {
  return (
    `SSH key "${name}" is deleted from the account. Whether instances hold it could not be seen in ${unseen.join("; ")}. ` +
    "Those that do keep accepting it."
  );
}

async function removeRegistration(name: string, last: SshKeyPairState, account: Account, log: Log): Promise<void> {
  const registered = await account.sshKeys.find(name);
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
    'Delete those instances first; or set onDelete: "revoke", which takes the key off them, or "warn", run "pulumi up", and ' +
      'delete the key then. A pair that has been replaced already keeps its "refuse": let go of it with "pulumi state ' +
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

/** What is known of the holders that are not proven closed. */
function describeStatuses(statuses: readonly HolderStatus[]): string[] {
  const [open, silent, refusing] = [
    namesOf(statuses, "open"),
    namesOf(statuses, "unknown"),
    namesOf(statuses, "refused"),
  ];
  return [
    open && `it still opens ${open}.`,
    silent && `It was installed on ${silent}, which could not be asked; expect that it still opens them.`,
    refusing && `Refused when asked from here, which is no proof: ${refusing}.`,
  ].filter(Boolean);
}

function caveat(name: string, statuses: readonly HolderStatus[]): string {
  return [
    `SSH key "${name}" is deleted from the account but not revoked:`,
    ...describeStatuses(statuses),
    "Remove its line from ~/.ssh/authorized_keys there to close it.",
  ].join(" ");
}
