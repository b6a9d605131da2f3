import type { Account, InstanceSummary, Sharing, Zone, ZoneAccount } from "../../account";
import { ExoscaleSshError, TooLateError } from "../../errors";
import { printable } from "../../errors/printable";
import { heldKeyLabel, heldKeyMd5Label } from "../labels/key_labels";
import type { Labels } from "../labels/reserved_labels";
import { isGone } from "../machine";
import type { Guarded } from "../open_port";
import { mapConcurrently } from "./map_concurrently";

/** What is known of a key whose holders are searched. The more is known, the more holders are found. */
export interface SoughtKey {
  readonly name?: string | undefined;
  readonly fingerprintMd5?: string | undefined;
  readonly fingerprintSha256?: string | undefined;
  /** MD5 of the key that the account has under `name`, if only the name is searched. */
  readonly registeredMd5?: string | undefined;
}

/** An instance, or an instance pool, that was given a key. */
export interface Holder {
  readonly kind: "instance" | "instance-pool";
  readonly zone: string;
  readonly id: string;
  readonly name: string;
  /** Name under which the API lists the key there; absent if only our own label names the key. */
  readonly keyName?: string;
  /** Absent for pools and for instances without a public address. */
  readonly publicIp?: string;
  /** State of the instance as the API has it: running, stopped, ... Absent for pools. */
  readonly state?: string;
  /** Identifier of the instance's template, which names the user to log in as. */
  readonly templateId?: string;
  /** The security groups of the instance. */
  readonly groups?: InstanceSummary["security-groups"];
  /** The labels of the instance, ours included. */
  readonly labels?: Labels | undefined;
}

/** How many holders are worked on at once. */
export const MAX_CONCURRENT_HOLDERS = 16;

/** How long a holder may take until another one is worked on beside it, in milliseconds. */
export const HOLDER_PATIENCE_MS = 1_000;

/** How many holders are worked on at once at most, if each takes longer than that. */
export const MAX_SLOW_HOLDERS = 64;

/** How look-ups of revocations and deletions that run at once share their requests. */
export const together: Sharing = { gatherMs: 10 };

/** Everything in every zone that was given the key, according to the API's lists and our own labels. */
export async function findHolders(account: Account, key: SoughtKey): Promise<Holder[]> {
  const zones = await account.zones();
  return (await Promise.all(findInZones(zones, account, key, together))).flat();
}

/** Searches all zones at once. */
function findInZones(zones: readonly Zone[], account: Account, key: SoughtKey, sharing: Sharing): Promise<Holder[]>[] {
  return zones.map(async ({ name }) => holdersInZone(account, await account.zone(name), key, sharing));
}

/** The holders in the zones that answered. */
export interface FoundHolders {
  readonly holders: readonly Holder[];
  /** Zones that could not be searched, each with the reason. */
  readonly unsearched: readonly string[];
}

/**
 * Like `findHolders`, but skips a zone that refuses or does not answer within the time.
 *
 * @param maxAgeMs milliseconds before the call in which the lists may have been asked for
 */
export async function findHoldersInReachableZones(
  account: Account,
  key: SoughtKey,
  withinMs: number,
  maxAgeMs = 0,
): Promise<FoundHolders> {
  const zones = await account.zones();
  const searches = findInZones(zones, account, key, { ...together, maxAgeMs }).map((search) =>
    withTimeout(search, withinMs),
  );
  const results = await Promise.allSettled(searches);
  return {
    holders: results.flatMap((zone) => (zone.status === "fulfilled" ? zone.value : [])),
    unsearched: results.flatMap((zone, index) =>
      zone.status === "rejected" ? [`${zones[index]?.name} (${reasonOf(zone.reason)})`] : [],
    ),
  };
}

function reasonOf(thrown: unknown): string {
  if (thrown instanceof ExoscaleSshError) return thrown.message.replace(/\.$/, "");
  throw thrown;
}

async function withTimeout<T>(answer: Promise<T>, withinMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooLateError(`no answer within ${withinMs / 1000} s`)), withinMs);
  });
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

async function holdersInZone(account: Account, zone: ZoneAccount, key: SoughtKey, sharing: Sharing): Promise<Holder[]> {
  const [instances, pools] = await Promise.all([instancesWithKeys(zone, sharing), zone.instancePools.list(sharing)]);
  const withKeys = pools.filter((pool) => pool["ssh-keys"]?.length);
  const names = withKeys.length > 0 ? await registeredNames(account, key) : [];
  return [
    ...instances.flatMap((instance) => instanceHolding(zone.name, instance, key)),
    ...withKeys
      .filter((pool) => pool["ssh-keys"]?.some(({ name }) => names.includes(name)))
      .map(({ id, name }) => ({ kind: "instance-pool" as const, zone: zone.name, id, name })),
  ];
}

/** The instances of a zone with their keys. If the list omits the keys, each instance is read by itself. */
async function instancesWithKeys({ instances }: ZoneAccount, sharing: Sharing): Promise<readonly InstanceSummary[]> {
  const listed = await instances.list(sharing);
  if (listed.some((instance) => instance["ssh-keys"])) return listed;
  const found = await mapConcurrently(MAX_CONCURRENT_HOLDERS, listed, ({ id }) => instances.find(id));
  return found.filter((instance) => instance !== undefined);
}

/** The names that the account has for a key. The API shows no fingerprints for a pool's keys. */
export async function registeredNames(
  account: Account,
  { name, fingerprintMd5, registeredMd5 }: SoughtKey,
): Promise<string[]> {
  const md5 = fingerprintMd5 ?? registeredMd5;
  const registered = md5 === undefined ? [] : await account.sshKeys.list();
  const same = registered.filter(({ fingerprint }) => fingerprint === md5).map((key) => key.name);
  return name === undefined ? same : [name, ...same];
}

function instanceHolding(zone: string, instance: InstanceSummary, key: SoughtKey): Holder[] {
  const { id, name, state, template } = instance;
  const entry = instance["ssh-keys"]?.find((listed) => isSought(listed, key));
  if (isGone(state) || !(entry || isLabelled(instance, key))) return [];
  const publicIp = instance["public-ip"];
  return [
    {
      kind: "instance",
      zone,
      id,
      name,
      ...(entry?.name && { keyName: entry.name }),
      ...(publicIp && { publicIp }),
      ...(state && { state }),
      ...(template?.id && { templateId: template.id }),
      groups: instance["security-groups"],
      labels: instance.labels,
    },
  ];
}

/** Compares fingerprints, because one key may have two names; compares names if either side has no fingerprint. */
function isSought(listed: { name?: string; fingerprint?: string }, key: SoughtKey): boolean {
  if (listed.fingerprint && key.fingerprintMd5) return listed.fingerprint === key.fingerprintMd5;
  if (listed.fingerprint && listed.fingerprint === key.registeredMd5) return true;
  return listed.name !== undefined && listed.name === key.name;
}

function isLabelled({ labels = {} }: InstanceSummary, { fingerprintSha256, ...md5 }: SoughtKey): boolean {
  const fingerprintMd5 = md5.fingerprintMd5 ?? md5.registeredMd5;
  return (
    (fingerprintSha256 !== undefined && heldKeyLabel(fingerprintSha256) in labels) ||
    (fingerprintMd5 !== undefined && heldKeyMd5Label(fingerprintMd5) in labels)
  );
}

/** What of an instance its security groups guard. */
export function guardOf({ name, publicIp, groups }: Holder): Guarded {
  return { name, ...(publicIp && { "public-ip": publicIp }), ...(groups && { "security-groups": groups }) };
}

/** The holder as messages name it: `web (ch-gva-2, 194.182.160.1)`. */
export function describeHolder({ kind, name, zone, publicIp }: Holder): string {
  const where = publicIp ? `${zone}, ${publicIp}` : zone;
  return `${kind === "instance" ? "" : "instance pool "}${printable(name)} (${where})`;
}
