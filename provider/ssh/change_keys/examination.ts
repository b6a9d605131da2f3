import { ExoscaleSshError } from "../../errors";
import { parsePublicKey } from "../../keys/public_key";
import { connect } from "../connect";
import { lookAtHost } from "../host_files/look";
import type { HostKey } from "../host_key";
import { probe } from "../probe";
import { hostAndPort } from "../target";
import { type AccountFiles, accountFiles, entriesIn } from "./account_files";
import { answersOf, askAnew, questionsAbout } from "./asking";
import type { HostAccess } from "./key_change";
import { inTurn } from "./turns";

/**
 * How a key stands with an account of a host.
 *
 * - `open`: sshd accepts it, or a file that sshd reads has it.
 * - `closed`: proven. The host is the one that we know, no file that sshd reads has the key, and sshd refuses it.
 * - `refused`: sshd refuses it when asked from here and now, which is no proof: no file was read, or the host is unknown.
 * - `unknown`: no answer.
 */
export type Standing = "open" | "closed" | "refused" | "unknown";

/** What was found. */
export interface Examination {
  readonly standing: Standing;
  /** Why, in words. */
  readonly reason: string;
  /** The key that the host showed. */
  readonly hostKey?: HostKey;
}

/** Whose keys, and which. */
export interface Examined {
  readonly user: string;
  /** Other accounts that may have it, such as root. */
  readonly alsoIn?: readonly string[];
  /** `type base64[ comment]`. */
  readonly publicKeyOpenssh: string;
}

/**
 * Finds out how a key stands with an account, and changes nothing. Rejects for nothing that a host or a network does.
 *
 * A host of which no key is known is only asked: nothing that could be used elsewhere is shown to it.
 */
export async function examineKey(access: HostAccess, examined: Examined): Promise<Examination> {
  const isKnown = (access.knownHostKeys?.length ?? 0) > 0;
  return isKnown && access.credentials.length > 0
    ? await inTurn(access.target, () => readAndAsk(access, examined))
    : await askOnly(access, examined);
}

async function askOnly(access: HostAccess, { user, publicKeyOpenssh }: Examined): Promise<Examination> {
  const { target, knownHostKeys, bastion, timeoutMs, signal } = access;
  const asked = await probe({ ...target, user }, publicKeyOpenssh, {
    ...(knownHostKeys && { knownHostKeys }),
    ...(bastion && { bastion, credentials: access.credentials }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(signal && { signal }),
  });
  const standing = ({ yes: "open", no: "refused", unknown: "unknown" } as const)[asked.accepts];
  return { standing, reason: asked.reason, ...(asked.hostKey && { hostKey: asked.hostKey }) };
}

async function readAndAsk(access: HostAccess, examined: Examined): Promise<Examination> {
  const key = parsePublicKey(examined.publicKeyOpenssh);
  const questions = questionsAbout([key]);
  const place = `${examined.user}@${hostAndPort(access.target)}`;
  try {
    const session = await connect(access.target, access.credentials, { ...access, ask: questions });
    const { hostKey } = session;
    try {
      const users = [examined.user, ...(examined.alsoIn ?? [])];
      const look = await lookAtHost(session, users);
      const accounts = await Promise.all(users.map((user) => accountFiles(session, look, user)));
      return { ...(await judged(access, examined, accounts)), hostKey };
    } finally {
      session.close();
    }
  } catch (error) {
    if (!(error instanceof ExoscaleSshError)) throw error;
    const answer = answersOf(questions).get(key.fingerprintSha256);
    if (answer === "yes") return { standing: "open", reason: `${place} accepts this key.` };
    if (answer === "no") return { standing: "refused", reason: `${place} refuses this key. ${error.message}` };
    return { standing: "unknown", reason: error.message };
  }
}

async function judged(
  access: HostAccess,
  { publicKeyOpenssh }: Examined,
  accounts: readonly AccountFiles[],
): Promise<Examination> {
  const key = parsePublicKey(publicKeyOpenssh);
  const holding = accounts.filter((account) =>
    entriesIn([account]).some(({ fingerprintSha256 }) => fingerprintSha256 === key.fingerprintSha256),
  );
  if (holding.length > 0) {
    return { standing: "open", reason: `It is in authorized_keys of ${holding.map(({ user }) => user).join(", ")}.` };
  }
  for (const { user, unread } of accounts) {
    const place = `${user}@${hostAndPort(access.target)}`;
    const { answers, error } = await askAnew({ ...access, target: { ...access.target, user } }, [key], []);
    const answer = answers.get(key.fingerprintSha256);
    if (answer === "yes") return { standing: "open", reason: `${place} accepts this key, which no file there has.` };
    if (answer !== "no") return { standing: "unknown", reason: error?.message ?? `${place} gave no answer.` };
    if (unread.length > 0 && user === accounts[0]?.user) {
      return { standing: "refused", reason: `${place} refuses this key, but ${unread.join("; ")} could not be read.` };
    }
  }
  return { standing: "closed", reason: `No file of ${hostAndPort(access.target)} has it, and sshd refuses it.` };
}
