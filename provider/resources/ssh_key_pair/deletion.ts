import type { Account } from "../../account";
import { KeyStillHeldError } from "../../errors";
import type { Context, Log } from "../contract/resource";
import type { SshKeyPairState } from "./fields";
import {
  describeHolder,
  findHolders,
  findHoldersWhereSeen,
  type Holder,
  type ProbedHolder,
  probeHolders,
} from "./holders";
import { removeKeyFile } from "./key_file";

/** All the time that a warning may spend on asking hosts, in milliseconds, whatever their firewalls do. */
const askingTimeMs = 8_000;

/** All the time that a warning may spend on a zone's API, in milliseconds. */
const lookingTimeMs = 15_000;

/**
 * Deletes a pair from the account, if what is registered under its name is this pair, and then its private key file.
 *
 * Exoscale's deletion touches no instance. Holders are found by the key's name and fingerprint, so they are looked
 * for while the name still exists.
 *
 * @throws KeyStillHeldError with `onDelete: "refuse"` while an instance or a pool holds the key
 */
export async function deleteKey(name: string, last: SshKeyPairState, context: Context): Promise<void> {
  const { account, log } = context;
  if (account.madeInThisRun.has(keyIdentity(name, last))) {
    log.info(`SSH key "${name}" was registered by this run as its own replacement, so it is not deleted.`);
    return;
  }
  const key = {
    name,
    fingerprintMd5: last.publicKeyFingerprintMd5,
    fingerprintSha256: last.publicKeyFingerprintSha256,
  };
  if (last.onDelete === "refuse") {
    const holders = await findHolders(account, key);
    if (holders.length > 0) throw new KeyStillHeldError(refusal(name, holders));
  }
  // A warning is no reason to keep a key: what cannot be seen is named, and the deletion goes on.
  const { holders, unseen } = await findHoldersWhereSeen(account, key, lookingTimeMs);
  await removeOurs(name, last, account, log);
  await removeKeyFile(last, context);
  if (holders.length > 0) log.warn(caveat(name, await ask(account, holders, last)));
  if (unseen.length > 0) log.warn(unseenZones(name, unseen));
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

function refusal(name: string, holders: readonly Holder[]): string {
  return (
    `SSH key "${name}" is not deleted (onDelete: "refuse"): it opens ${holders.map(describeHolder).join(", ")}. ` +
    'Delete those instances first; or set onDelete: "warn", run "pulumi up", and delete the key then. A pair that has ' +
    'been replaced already keeps its "refuse": let go of it with "pulumi state delete".'
  );
}

/** What tells one registration from another: a replacement may have put the same key under the same name anew. */
export function keyIdentity(name: string, state: Pick<SshKeyPairState, "publicKeyFingerprintMd5">): string {
  return `${name} ${state.publicKeyFingerprintMd5}`;
}

async function ask(account: Account, holders: readonly Holder[], last: SshKeyPairState) {
  const publicKey = last.publicKeyOpenssh;
  if (publicKey === undefined) return holders.map((holder) => ({ ...holder, accepts: "unknown" as const, reason: "" }));
  return await probeHolders(account, holders, publicKey, askingTimeMs);
}

function caveat(name: string, holders: readonly ProbedHolder[]): string {
  const list = (answer: ProbedHolder["accepts"]) =>
    holders
      .filter(({ accepts }) => accepts === answer)
      .map(describeHolder)
      .join(", ");
  const [open, silent, refusing] = [list("yes"), list("unknown"), list("no")];
  return [
    `SSH key "${name}" is deleted from the account but not revoked:`,
    open && `it still opens ${open}.`,
    silent && `It was installed on ${silent}, which could not be asked; expect that it still opens them.`,
    refusing && `Refused when asked from here, which is no proof: ${refusing}.`,
    "Remove its line from ~/.ssh/authorized_keys there to close it.",
  ]
    .filter(Boolean)
    .join(" ");
}
