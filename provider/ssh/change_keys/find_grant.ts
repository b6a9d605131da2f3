import { parseLoginKey } from "../../keys/public_key";
import type { KeyLine } from "../authorized_keys/edit";
import { type AuthorizedEntry, entriesOf } from "../authorized_keys/entry";
import { linesAgainst, type PlacedLine } from "../authorized_keys/opposing_lines";
import { roleOf } from "../authorized_keys/options";
import { withFixedBastionCredentials } from "../connection/bastion";
import { connectWithRetry } from "../connection/connect_with_retry";
import type { HostAccess } from "../connection/host_access";
import { commandBounds } from "../connection/host_access";
import type { HostKey } from "../connection/host_key";
import { withHostLock } from "../connection/host_lock";
import type { SshSession } from "../connection/session";
import { inspectHost } from "../host_files/inspect_host";
import { mayRefuseUs } from "./add_keys";
import { answersOf, logInAsking, probeKeys, questionsAbout } from "./probe_keys";
import { readAccounts, usersToInspect } from "./read_accounts";
import { credentialWith } from "./remaining_credentials";

/** A line of the key, and the file that has it. */
export interface GrantLine extends AuthorizedEntry {
  readonly path: string;
}

/** What grants one key access to one account of a host. */
export interface Grant {
  /**
   * The lines of the key that let in what its options say, itself or its certificates, in all files that sshd reads for
   * the account, in their order.
   */
  readonly lines: readonly GrantLine[];
  /** Its other lines. */
  readonly otherLines: readonly GrantLine[];
  /** Those of `otherLines` that let in clients that its options exclude. */
  readonly against: readonly PlacedLine[];
  /** What could not be read, each with the reason: the key may be there. */
  readonly unread: readonly string[];
  /** Why sshd reads other files than these, and what to do, as sentences. Absent if nothing shows that. */
  readonly otherFiles?: string;
  /** Whether sshd accepts the key from this address now. */
  readonly accepts: "yes" | "no" | "unknown";
  /** Whether one of `lines` has options that may rightly refuse us: `from=`, `expiry-time=`, `cert-authority`. */
  readonly isConditional: boolean;
  /** The key that the host showed. */
  readonly hostKey: HostKey;
}

/**
 * Reads the lines of a key in the authorized_keys files of an account, and asks sshd about the key. Changes nothing.
 *
 * @param publicKey `type base64[ comment]`
 * @param options of its own line
 * @throws errors of `connect` and of reading the files
 */
export function findGrant(
  access: HostAccess,
  user: string,
  publicKey: string,
  options: readonly string[] = [],
): Promise<Grant> {
  const grant = { key: parseLoginKey(publicKey), options };
  return withHostLock(access, () => findLines(withFixedBastionCredentials(access), user, grant));
}

type Granted = Required<Pick<KeyLine, "key" | "options">>;

async function findLines(access: HostAccess, user: string, grant: Granted): Promise<Grant> {
  const { key } = grant;
  const questions = access.target.user === user ? questionsAbout([key]) : [];
  const session = await logInAsking(questions, (ask) => connectWithRetry(access, access.credentials, ask));
  try {
    const { type, base64 } = session.hostKey;
    const known = { ...access, knownHostKeys: [`${type} ${base64}`], target: { ...access.target, user } };
    const asked = answersOf(questions).get(key.fingerprintSha256) ?? "unknown";
    // The login of another account may not open this one. Without a login, sshd penalizes the question.
    const login = questions.length > 0 ? credentialWith(access.credentials, session.loggedInKey ?? "") : [];
    const { answers } = asked === "unknown" ? await probeKeys(known, [key], login) : { answers: answersOf(questions) };
    const lines = await readLines(session, access, user, grant);
    return { ...lines, accepts: answers.get(key.fingerprintSha256) ?? "unknown", hostKey: session.hostKey };
  } finally {
    session.close();
  }
}

async function readLines(session: SshSession, access: HostAccess, user: string, { key, options }: Granted) {
  const { fingerprintSha256 } = key;
  const bounds = commandBounds(access);
  const login = access.target.user;
  const facts = await inspectHost(session, usersToInspect([user], login), { ...bounds, withUsualFiles: true });
  const { accounts, otherFiles } = await readAccounts(session, facts, [user], login, bounds);
  const files = accounts.flatMap((account) => account.files);
  const all = files.flatMap(({ path, bytes }) =>
    entriesOf(bytes)
      .filter((entry) => entry.fingerprintSha256 === fingerprintSha256)
      .map((entry) => ({ ...entry, path })),
  );
  const isOwn = (line: Pick<AuthorizedEntry, "options">) => roleOf(line.options) === roleOf(options);
  const lines = all.filter(isOwn);
  return {
    lines,
    otherLines: all.filter((line) => !isOwn(line)),
    against: linesAgainst(fingerprintSha256, options, files).filter((line) => !isOwn(line)),
    isConditional: lines.some((line) => mayRefuseUs(line.options)),
    unread: accounts.flatMap(({ unread }) => unread),
    ...(otherFiles !== undefined && { otherFiles }),
  };
}
