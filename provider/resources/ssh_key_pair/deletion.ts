import type { Account, Standing } from "../../account";
import { KeyStillHeldError } from "../../errors";
import type { Context, Log } from "../contract/resource";
import type { SshKeyPairState } from "./fields";
import { describeHolder, findHolders, findHoldersWhereSeen } from "./holders";
import { removeKeyFile } from "./key_file";
import { registrationOf } from "./registration";
import { renameInPools, revoke } from "./revocation/revoke";
import { type HolderStanding, standingsOf } from "./revocation/standings";
import { forgetPair } from "./revocation/succession";

/** All the time that may be spent on asking hosts, in milliseconds, whatever their firewalls do. */
const askingTimeMs = 8_000;

/** All the time that a warning may spend on a zone's API, in milliseconds. */
const lookingTimeMs = 15_000;

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
  const { account, log } = context;
  if (account.madeInThisRun.has(registrationOf(name, last))) {
    log.info(`SSH key "${name}" was registered by this run as its own replacement, so it is not deleted.`);
    return;
  }
  forgetPair(account, last);
  const twin = await declaredTwin(account, last);
  if (twin !== undefined) return await deleteRegistration(name, last, twin, context);
  const key = {
    name,
    fingerprintMd5: last.publicKeyFingerprintMd5,
    fingerprintSha256: last.publicKeyFingerprintSha256,
  };
  if (last.onDelete === "revoke") {
    await revoke(name, last, context);
    await removeOurs(name, last, account, log);
    return await removeKeyFile(last, context);
  }
  if (last.onDelete === "refuse") {
    const open = notClosed(await standingsOf(last, await findHolders(account, key), context, askingTimeMs));
    if (open.length > 0) throw new KeyStillHeldError(refusal(name, open));
  }
  // A warning is no reason to keep a key: what cannot be seen is named, and the deletion goes on.
  const { holders, unseen } = await findHoldersWhereSeen(account, key, lookingTimeMs);
  await removeOurs(name, last, account, log);
  const open = notClosed(await standingsOf(last, holders, context, askingTimeMs));
  await removeKeyFile(last, context);
  if (open.length > 0) log.warn(caveat(name, open));
  if (unseen.length > 0) log.warn(unseenZones(name, unseen));
}

/** Another name under which the program itself declares the same key: it is to stay on machines. */
async function declaredTwin(account: Account, last: SshKeyPairState): Promise<string | undefined> {
  const { name, publicKeyFingerprintMd5: md5 } = last;
  const registered = await account.sshKeys.list();
  return registered.find((key) => key.fingerprint === md5 && key.name !== name && account.declaredKeys.has(key.name))
    ?.name;
}

async function deleteRegistration(name: string, last: SshKeyPairState, twin: string, context: Context): Promise<void> {
  const { account, log } = context;
  log.info(
    `SSH key "${name}" is declared as "${twin}" as well: only its name leaves the account, no machine loses it.`,
  );
  if (last.onDelete === "revoke") await renameInPools(last, twin, context);
  await removeOurs(name, last, account, log);
  await removeKeyFile(last, context);
}

function unseenZones(name: string, unseen: readonly string[]): string {
  return (
    `SSH key "${name}" is deleted from the account. Whether instances hold it could not be seen in ${unseen.join("; ")}. ` +
    "Those that do keep accepting it."
  );
}

async function removeOurs(name: string, last: SshKeyPairState, account: Account, log: Log): Promise<void> {
  const registered = await account.sshKeys.find(name);
  if (registered?.fingerprint === last.publicKeyFingerprintMd5) await account.sshKeys.remove(name);
  else if (registered) {
    log.warn(
      `SSH key "${name}" in the account is not this stack's (fingerprint ${registered.fingerprint}, ours ` +
        `${last.publicKeyFingerprintMd5}), so it is left there.`,
    );
  }
}

function refusal(name: string, standings: readonly HolderStanding[]): string {
  return [
    `SSH key "${name}" is not deleted (onDelete: "refuse"):`,
    ...told(standings),
    'Delete those instances first; or set onDelete: "revoke", which takes the key off them, or "warn", run "pulumi up", and ' +
      'delete the key then. A pair that has been replaced already keeps its "refuse": let go of it with "pulumi state ' +
      'delete".',
  ].join(" ");
}

function notClosed(standings: readonly HolderStanding[]): HolderStanding[] {
  return standings.filter(({ standing }) => standing !== "closed");
}

function namesOf(standings: readonly HolderStanding[], wanted: Standing): string {
  return standings
    .filter(({ standing }) => standing === wanted)
    .map(({ holder }) => describeHolder(holder))
    .join(", ");
}

/** What is known of the holders that are not proven closed. */
function told(standings: readonly HolderStanding[]): string[] {
  const [open, silent, refusing] = [
    namesOf(standings, "open"),
    namesOf(standings, "unknown"),
    namesOf(standings, "refused"),
  ];
  return [
    open && `it still opens ${open}.`,
    silent && `It was installed on ${silent}, which could not be asked; expect that it still opens them.`,
    refusing && `Refused when asked from here, which is no proof: ${refusing}.`,
  ].filter(Boolean);
}

function caveat(name: string, standings: readonly HolderStanding[]): string {
  return [
    `SSH key "${name}" is deleted from the account but not revoked:`,
    ...told(standings),
    "Remove its line from ~/.ssh/authorized_keys there to close it.",
  ].join(" ");
}
