import type { Account, InstanceSummary, Zone, ZoneAccount } from "../../account";
import { ExoscaleSshError, TooLateError } from "../../errors";
import { heldKeyLabel, heldKeyMd5Label } from "../instance/key_labels";
import { isGone } from "../instance/lifecycle";
import { templateUser } from "../instance/login";

/** What is known of a key whose holders are looked for; the more of it, the more is found. */
export interface SoughtKey {
  readonly name?: string | undefined;
  readonly fingerprintMd5?: string | undefined;
  readonly fingerprintSha256?: string | undefined;
  /** MD5 of the key that the account has under `name`, where nothing but the name is sought. */
  readonly registeredMd5?: string | undefined;
}

/** An instance, or an instance pool, that was given a key. */
export interface Holder {
  readonly kind: "instance" | "instance-pool";
  readonly zone: string;
  readonly id: string;
  readonly name: string;
  /** Name under which the API lists the key there; absent where only our own label tells of it. */
  readonly keyName?: string;
  /** Absent for pools and for instances without a public address. */
  readonly publicIp?: string;
  /** State of the instance as the API has it: running, stopped, ... Absent for pools. */
  readonly state?: string;
  /** Identifier of the instance's template, which says as whom one logs in. */
  readonly templateId?: string;
}

/** A holder that was asked whether it accepts the key. */
export interface ProbedHolder extends Holder {
  /** `yes` and `no` are the host's own answers; `unknown` is anything else, with the reason. */
  readonly accepts: "yes" | "no" | "unknown";
  readonly reason: string;
}

/** How many hosts are spoken to at once. */
export const holdersAtOnce = 16;

/** Everything in every zone that was given the key: what the API lists, and what our own labels remember. */
export async function findHolders(account: Account, key: SoughtKey): Promise<Holder[]> {
  const zones = await account.zones();
  return (await Promise.all(looksInto(zones, account, key))).flat();
}

/** One look per zone, all under way at once. */
function looksInto(zones: readonly Zone[], account: Account, key: SoughtKey): Promise<Holder[]>[] {
  return zones.map(async ({ name }) => holdersInZone(account, await account.zone(name), key));
}

/** What can be found when not every zone answers. */
export interface FoundHolders {
  readonly holders: readonly Holder[];
  /** Zones that could not be looked at, each with the reason. */
  readonly unseen: readonly string[];
}

/** The same, going on where a zone does not answer within the time, or refuses to. */
export async function findHoldersWhereSeen(account: Account, key: SoughtKey, withinMs: number): Promise<FoundHolders> {
  const zones = await account.zones();
  const looks = looksInto(zones, account, key).map((look) => orTooLate(look, withinMs));
  const seen = await Promise.allSettled(looks);
  return {
    holders: seen.flatMap((zone) => (zone.status === "fulfilled" ? zone.value : [])),
    unseen: seen.flatMap((zone, index) =>
      zone.status === "rejected" ? [`${zones[index]?.name} (${reasonOf(zone.reason)})`] : [],
    ),
  };
}

function reasonOf(thrown: unknown): string {
  if (thrown instanceof ExoscaleSshError) return thrown.message.replace(/\.$/, "");
  throw thrown;
}

async function orTooLate<T>(answer: Promise<T>, withinMs: number): Promise<T> {
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

async function holdersInZone(account: Account, zone: ZoneAccount, key: SoughtKey): Promise<Holder[]> {
  const [instances, pools] = await Promise.all([instancesWithKeys(zone), zone.instancePools.list()]);
  const withKeys = pools.filter((pool) => pool["ssh-keys"]?.length);
  const names = withKeys.length > 0 ? await namesOf(account, key) : [];
  return [
    ...instances.flatMap((instance) => instanceHolding(zone.name, instance, key)),
    ...withKeys
      .filter((pool) => pool["ssh-keys"]?.some(({ name }) => names.includes(name)))
      .map(({ id, name }) => ({ kind: "instance-pool" as const, zone: zone.name, id, name })),
  ];
}

/** The instances of a zone with their keys: the API may leave them out of lists, and then each one is asked. */
async function instancesWithKeys({ instances }: ZoneAccount): Promise<readonly InstanceSummary[]> {
  const listed = await instances.list();
  if (listed.some((instance) => instance["ssh-keys"])) return listed;
  const found = await atOnce(holdersAtOnce, listed, ({ id }) => instances.find(id));
  return found.filter((instance) => instance !== undefined);
}

/** The names that the account has for a key. A pool tells no fingerprints. */
export async function namesOf(account: Account, { name, fingerprintMd5, registeredMd5 }: SoughtKey): Promise<string[]> {
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
    },
  ];
}

/** By fingerprint, since one key may have two names; by name where a fingerprint is missing on either side. */
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

/** `web (ch-gva-2, 194.182.160.1)`: how messages name a holder. */
export function describeHolder({ kind, name, zone, publicIp }: Holder): string {
  const where = publicIp ? `${zone}, ${publicIp}` : zone;
  return kind === "instance" ? `${name} (${where})` : `instance pool ${name} (${where})`;
}

/**
 * Asks every holder whether it accepts the key (RFC 4252 section 7), at most 16 at once and no longer than
 * `withinMs` altogether: who has not answered by then is `unknown`.
 */
export async function probeHolders(
  account: Account,
  holders: readonly Holder[],
  publicKeyOpenssh: string,
  withinMs: number,
): Promise<ProbedHolder[]> {
  const deadline = Date.now() + withinMs;
  return await atOnce(holdersAtOnce, holders, (holder) => probeHolder(account, holder, publicKeyOpenssh, deadline));
}

/** Does something for each item, for `limit` of them at once; the answers are in the order of the items. */
export async function atOnce<Item, Answer>(
  limit: number,
  items: readonly Item[],
  ask: (item: Item) => Promise<Answer>,
) {
  const answers: Answer[] = [];
  const waiting = items.entries();
  const worker = async () => {
    for (const [index, item] of waiting) answers[index] = await ask(item);
  };
  // All have ended before a failure is told: nothing goes on behind the back of whoever hears of it.
  const ended = await Promise.allSettled(Array.from({ length: limit }, worker));
  const failed = ended.find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
  return answers;
}

async function probeHolder(account: Account, holder: Holder, publicKey: string, deadline: number) {
  const unknown = (reason: string): ProbedHolder => ({ ...holder, accepts: "unknown", reason });
  if (holder.kind === "instance-pool")
    return unknown("its future members get the key; its present ones are listed by themselves");
  if (holder.state !== "running") return unknown(`it is ${holder.state ?? "in an unknown state"}`);
  if (!holder.publicIp) return unknown("it has no public address");
  const user = await templateUser(account, holder.zone, holder.templateId);
  if (!user) return unknown("its template, which says as whom to log in, is gone");
  const target = { host: holder.publicIp, port: account.sshPort, user };
  const timeoutMs = Math.max(1, deadline - Date.now());
  const { accepts, reason } = await account.ssh.probe(target, publicKey, { timeoutMs });
  return { ...holder, accepts, reason };
}
