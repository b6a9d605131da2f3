import { ExoscaleSshError } from "../../errors";
import { type PublicKey, parseLoginKey } from "../../keys/public_key";
import { withFixedBastionCredentials } from "../connection/bastion";
import { connect } from "../connection/connect";
import type { HostAccess } from "../connection/host_access";
import { commandBounds } from "../connection/host_access";
import type { HostKey } from "../connection/host_key";
import type { SshSession } from "../connection/session";
import { hostAndPort } from "../connection/target";
import { inspectHost } from "../host_files/inspect_host";
import { probe } from "../probe";
import { entriesIn } from "./account_files";
import { accessAs } from "./host_session";
import { answersOf, logInAsking, probeKeys, questionsAbout } from "./probe_keys";
import { type Accounts, readAccounts, usersToInspect } from "./read_accounts";
import { credentialWith } from "./remaining_credentials";

/**
 * The status of a key for an account of a host.
 *
 * - `open`: sshd accepts the key, or a file that sshd reads has it.
 * - `closed`: proven. The host has a known host key, no file that sshd reads has the key, and sshd refuses it.
 * - `refused`: sshd refuses the key from this address now. That is no proof: a file was not read, or the host is
 *   unknown.
 * - `unknown`: no answer.
 */
export type KeyStatus = "open" | "closed" | "refused" | "unknown";

/** The status of a key, and why. */
export interface Examination {
  readonly status: KeyStatus;
  /** Why, in words. */
  readonly reason: string;
  /** The key that the host showed. */
  readonly hostKey?: HostKey;
}

/** The key to examine, and the accounts. */
export interface Examined {
  readonly user: string;
  /** Other accounts that may have the key, such as root. */
  readonly alsoIn?: readonly string[];
  /** `type base64[ comment]`. */
  readonly publicKeyOpenssh: string;
}

/**
 * Finds out the status of a key for an account, and changes nothing. A failure of the host or the network never
 * rejects: the status is then `unknown`.
 *
 * A host without a known host key is only asked about the key: we do not log in to it.
 */
export async function examineKey(access: HostAccess, examined: Examined): Promise<Examination> {
  const isKnown = (access.knownHostKeys?.length ?? 0) > 0;
  const fixed = withFixedBastionCredentials(access);
  return isKnown && access.credentials.length > 0 ? await readAndAsk(fixed, examined) : await askOnly(fixed, examined);
}

async function askOnly(access: HostAccess, { user, publicKeyOpenssh }: Examined): Promise<Examination> {
  const { target, knownHostKeys, bastion, timeoutMs, signal } = access;
  const result = await probe({ ...target, user }, publicKeyOpenssh, {
    ...(knownHostKeys && { knownHostKeys }),
    ...(bastion && { bastion }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(signal && { signal }),
  });
  const status = ({ yes: "open", no: "refused", unknown: "unknown" } as const)[result.accepts];
  return { status, reason: result.reason, ...(result.hostKey && { hostKey: result.hostKey }) };
}

async function readAndAsk(access: HostAccess, examined: Examined): Promise<Examination> {
  const key = parseLoginKey(examined.publicKeyOpenssh);
  // The connection that logs in can ask only about the account that it logs in to.
  const questions = access.target.user === examined.user ? questionsAbout([key]) : [];
  const place = placeOf(access, examined.user);
  try {
    const session = await logInAsking(questions, (ask) =>
      connect(access.target, access.credentials, { ...access, ask }),
    );
    const read = await readFiles(session, access, examined);
    const known = answersOf(questions).get(key.fingerprintSha256);
    const login = credentialWith(access.credentials, session.loggedInKey ?? "");
    return { ...(await judge({ ...access, credentials: login }, key, read, known)), hostKey: session.hostKey };
  } catch (error) {
    if (!(error instanceof ExoscaleSshError)) throw error;
    const answer = answersOf(questions).get(key.fingerprintSha256);
    if (answer === "yes") return { status: "open", reason: `${place} accepts this key.` };
    if (answer === "no") return { status: "refused", reason: `${place} refuses this key. ${error.message}` };
    return { status: "unknown", reason: error.message };
  }
}

/** Reads the files, and closes the session: we open few connections to a host at once. */
async function readFiles(session: SshSession, access: HostAccess, { user, alsoIn = [] }: Examined): Promise<Accounts> {
  try {
    const users = [...new Set([user, ...alsoIn])];
    const login = access.target.user;
    const bounds = commandBounds(access);
    const facts = await inspectHost(session, usersToInspect(users, login), { ...bounds, withUsualFiles: true });
    return await readAccounts(session, facts, users, login, bounds);
  } finally {
    session.close();
  }
}

async function judge(
  access: HostAccess,
  key: PublicKey,
  { accounts, otherFiles }: Accounts,
  known: Answer,
): Promise<Examination> {
  const holding = accounts.filter((account) =>
    entriesIn([account]).some(({ fingerprintSha256 }) => fingerprintSha256 === key.fingerprintSha256),
  );
  if (holding.length > 0) {
    return { status: "open", reason: `It is in authorized_keys of ${holding.map(({ user }) => user).join(", ")}.` };
  }
  for (const [index, account] of accounts.entries()) {
    const as = accessAs({ access, accounts }, account.user);
    const notRefused = await askAccount(as, key, index === 0 ? known : undefined);
    if (notRefused) return notRefused;
  }
  const unread = accounts.flatMap((account) => account.unread);
  if (unread.length > 0) {
    const reason = `${hostAndPort(access.target)} refuses this key, but ${unread.join("; ")} could not be read.`;
    return { status: "refused", reason };
  }
  if (otherFiles !== undefined) {
    return { status: "refused", reason: `${hostAndPort(access.target)} refuses this key, but ${otherFiles}` };
  }
  const doubts = [...new Set(accounts.flatMap((account) => account.doubts))].map((doubt) => ` But ${doubt}.`).join("");
  return {
    status: "closed",
    reason: `No file of ${hostAndPort(access.target)} has it, and sshd refuses it.${doubts}`,
  };
}

type Answer = ReturnType<ReturnType<typeof answersOf>["get"]>;

/** Asks sshd about one account; undefined if it refuses the key. */
async function askAccount(access: HostAccess, key: PublicKey, known: Answer): Promise<Examination | undefined> {
  const place = placeOf(access, access.target.user);
  const result =
    known === undefined || known === "unknown" ? await probeKeys(access, [key], access.credentials) : undefined;
  const answer = result?.answers.get(key.fingerprintSha256) ?? known;
  if (answer === "no") return undefined;
  if (answer === "yes") return { status: "open", reason: `${place} accepts this key, which no file there has.` };
  return { status: "unknown", reason: result?.error?.message ?? `${place} gave no answer.` };
}

function placeOf({ target }: HostAccess, user: string): string {
  return `${user}@${hostAndPort(target)}`;
}
