import type { Account, HostAccess } from "../../account";
import { ExoscaleSshError } from "../../errors";
import { credentialsOf } from "../access/credentials";
import { pinOf } from "../labels/reserved_labels";
import { withGroups } from "../open_port";
import { holderUser } from "./holder_access";
import { guardOf, HOLDER_PATIENCE_MS, type Holder, MAX_CONCURRENT_HOLDERS } from "./holders";
import { mapConcurrently } from "./map_concurrently";
import { askInTurn } from "./questions";

/** A holder that was asked whether it accepts the key. */
export interface ProbedHolder extends Holder {
  /**
   * `yes` is the host's own answer, and `no` that of a host with a known host key, for its default user and for root.
   * `unknown` is anything else, with the reason.
   */
  readonly accepts: "yes" | "no" | "unknown";
  readonly reason: string;
  /** The account that the answer is about; absent if it is not known. */
  readonly user?: string;
  /** Whether the host showed the host key that was recorded for the instance. */
  readonly hostKeyKnown: boolean;
}

/** Longest time for one question, in milliseconds. */
const QUESTION_MS = 10_000;

/** The key that holders are asked about, and the time, in ms since 1970, by which all of them are asked. */
interface Probing {
  readonly account: Account;
  readonly publicKeyOpenssh: string;
  readonly deadline: number;
}

/**
 * Asks every holder whether it accepts the key (RFC 4252 section 7), for its default user and for root, 16 at once and
 * more where hosts are silent.
 *
 * @param withinMs for all holders together; a holder that has not answered within this time is `unknown`
 */
export async function probeHolders(
  account: Account,
  holders: readonly Holder[],
  publicKeyOpenssh: string,
  withinMs: number,
): Promise<ProbedHolder[]> {
  const probing = { account, publicKeyOpenssh, deadline: Date.now() + withinMs };
  const probe = async (holder: Holder): Promise<ProbedHolder> => ({
    ...holder,
    ...(await probeHolder(probing, holder)),
  });
  return await mapConcurrently(MAX_CONCURRENT_HOLDERS, holders, probe, { ms: HOLDER_PATIENCE_MS });
}

type Answer = Omit<ProbedHolder, keyof Holder>;

const unknown = (reason: string, more: Partial<Answer> = {}): Answer => ({
  accepts: "unknown",
  reason,
  hostKeyKnown: false,
  ...more,
});

async function probeHolder(probing: Probing, holder: Holder): Promise<Answer> {
  if (holder.kind === "instance-pool") {
    return unknown("its future members get the key; its present ones are listed by themselves");
  }
  try {
    const user = await holderUser(probing.account, holder);
    if (!user) return unknown("its template is gone, so the user to log in as is not known");
    if (holder.state !== "running") return unknown(`it is ${holder.state ?? "in an unknown state"}`, { user });
    if (!holder.publicIp) return unknown("it has no public address", { user });
    const target = { host: holder.publicIp, port: probing.account.sshPort, user };
    return conclude(await askAccounts(probing, holder, target), user);
  } catch (error) {
    if (error instanceof ExoscaleSshError) return unknown(error.message);
    throw error;
  }
}

/** Asks about the default user and then about root, whom cloud-init gives the key as well, until one accepts it. */
async function askAccounts(probing: Probing, holder: Holder, target: HostAccess["target"]): Promise<AccountAnswer[]> {
  const answers: AccountAnswer[] = [];
  for (const user of new Set([target.user, "root"])) {
    const answer = await askAccount(probing, holder, { ...target, user });
    answers.push({ user, ...answer });
    // A host that does not answer, or is another one, is not asked again.
    if (answer.accepts === "yes" || answer.isLast) break;
  }
  return answers;
}

interface AccountAnswer extends Answer {
  readonly user: string;
  readonly isLast: boolean;
}

async function askAccount(
  { account, publicKeyOpenssh, deadline }: Probing,
  holder: Holder,
  target: HostAccess["target"],
): Promise<Omit<AccountAnswer, "user">> {
  const hostKeys = pinOf(holder.labels);
  const credentials = hostKeys.length > 0 ? credentialsOf(account) : [];
  const options = { knownHostKeys: hostKeys, credentials };
  const result = await askInTurn(target, deadline, (left) =>
    account.ssh.probe(target, publicKeyOpenssh, { ...options, timeoutMs: Math.min(left, QUESTION_MS) }),
  );
  if (!result) return { ...unknown("there was no time left to ask it"), isLast: true };
  const { accepts, hostKeyKnown, hostKey } = result;
  const isLast = accepts === "unknown" && (hostKey === undefined || (hostKeys.length > 0 && !hostKeyKnown));
  if (accepts === "unknown" && Date.now() >= deadline) return { ...unknown(NO_ANSWER), isLast: true };
  const isSilent = hostKey === undefined;
  const reason = isSilent ? await withGroups(result.reason, account, guardOf(holder), { target }) : result.reason;
  return { accepts, reason, hostKeyKnown, isLast };
}

const NO_ANSWER = "there was no time left to wait for its answer";

/** What the answers about the accounts of a host say together. */
function conclude(answers: readonly AccountAnswer[], user: string): Answer {
  const yes = answers.find(({ accepts }) => accepts === "yes");
  const reason = (yes ? [yes] : answers).map((answer) => answer.reason).join(" ");
  const hostKeyKnown = (yes ? [yes] : answers).every((answer) => answer.hostKeyKnown);
  const doubt = hostKeyKnown ? "" : ` ${UNKNOWN_HOST}`;
  if (yes) return { accepts: "yes", reason: `${reason}${doubt}`, user: yes.user, hostKeyKnown };
  if (!answers.every(({ accepts }) => accepts === "no")) return unknown(reason, { user, hostKeyKnown });
  return { accepts: hostKeyKnown ? "no" : "unknown", reason: `${reason}${doubt}`, user, hostKeyKnown };
}

const UNKNOWN_HOST =
  "But its host key is not known, so another machine may have answered. waitForSsh, or a change of sshKeys, records it.";
