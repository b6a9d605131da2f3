import { setTimeout as wait } from "node:timers/promises";
import {
  BastionLoginRefusedError,
  ExoscaleSshError,
  HostKeyNotPinnedError,
  SshConnectionLostError,
  SshLoginRefusedError,
  SshUnreachableError,
} from "../../errors";
import { connect } from "../connection/connect";
import type { HostAccess, Progress } from "../connection/host_access";
import { type HostKey, hostKeyFromBlob } from "../connection/host_key";
import { withHostLock } from "../connection/host_lock";
import { backoff } from "../connection/pause";
import type { SshSession } from "../connection/session";
import { canAct } from "../host_files/account";
import { type Fields, lastLine } from "../host_files/fields";
import { type HostFacts, inspectHost } from "../host_files/inspect_host";
import { runScriptAs } from "../host_files/run_script";
import { EXCHANGE_KEYS, MAKE_KEYS, REMOVE_STAGE, RESTORE_KEYS } from "./scripts";

/** The host key to replace, and who learns the new one. */
export interface HostKeyRenewal {
  /** `type base64` of the key that the host shows and is to replace. */
  readonly old: string;
  /** Keys that an earlier, interrupted run passed to `announce`: a host that shows one of them is done. */
  readonly announced: readonly string[];
  /** Gets the new key before the host shows it, so that the run after an interrupted one knows it. */
  readonly announce: (next: HostKey) => Promise<void>;
  /** How long a refused login is repeated, in ms: a booting host refuses all logins at first. Default 60 000. */
  readonly loginMs?: number;
  /** How long sshd may still show the old key, in ms. Default 15 000. */
  readonly settleMs?: number;
}

/**
 * Makes a host generate new host keys, and proves with a new connection that it shows one. Before that, the host must
 * show `old`; to a host that shows another key, nothing is sent. Safe to repeat at any point.
 *
 * @returns the key that the host shows now
 * @throws errors of `connect`; HostKeyNotPinnedError if the host cannot do it, which then still has its old host keys
 */
export async function renewHostKeys(
  access: HostAccess,
  renewal: HostKeyRenewal,
  progress: Progress = () => undefined,
): Promise<HostKey> {
  return await withHostLock(access, async () => {
    progress("logging in, and checking the given host key");
    const known = { ...access, knownHostKeys: [renewal.old, ...renewal.announced], acceptNew: false };
    const session = await logInWhenUp(known, renewal.loginMs ?? 60_000);
    try {
      return await renewKeys({ access, renewal, session, facts: await inspectHost(session, ["root"]) }, progress);
    } finally {
      session.close();
    }
  });
}

async function renewKeys(host: Renewal, progress: Progress): Promise<HostKey> {
  const { access, renewal, session, facts } = host;
  if (!canAct(facts, "root")) throw notRootError(access, facts);
  const newKeys = await runAsRoot(host, MAKE_KEYS, { old: renewal.old });
  // The host shows a new key, and the files have it: an interrupted run left only the old keys that it kept.
  const isDone = !isKey(session.hostKey, renewal.old) && newKeys.bytes("made") === undefined;
  if (!isDone) return await exchangeKeys(host, newKeys, progress);
  await runAsRoot(host, REMOVE_STAGE, { stage: newKeys.text("stage") ?? "" });
  return session.hostKey;
}

interface Renewal {
  readonly access: HostAccess;
  readonly renewal: HostKeyRenewal;
  readonly session: SshSession;
  readonly facts: HostFacts;
}

async function exchangeKeys(host: Renewal, newKeys: Fields, progress: Progress): Promise<HostKey> {
  const keys = newKeys.each("file").map((each) => keyFrom(each.text("public") ?? ""));
  const shownFirst = keys.find(({ type }) => type === "ssh-ed25519") ?? keys[0];
  const stage = newKeys.text("stage") ?? "";
  if (!shownFirst) throw notDoneError(host.access, "it has no host key of a type that it can generate");
  await host.renewal.announce(shownFirst);
  progress("replacing its host key with one of its own");
  const files = newKeys.each("file").map((each) => each.text("file") ?? "");
  const variables = { stage, files: files.join("\n") };
  await runAsRoot(host, EXCHANGE_KEYS, variables);
  const { shown, last } = await waitForNewKey(host, keys);
  if (!shown) {
    await runAsRoot(host, RESTORE_KEYS, variables);
    throw notDoneError(host.access, `its sshd does not show the new host key, and the old one is back${last}`);
  }
  await runAsRoot(host, REMOVE_STAGE, { stage });
  return shown;
}

/** Errors of a host that is still starting. */
const transientErrors = [SshLoginRefusedError, BastionLoginRefusedError, SshConnectionLostError, SshUnreachableError];

/** Repeats the login while the host may still be booting. A different host key ends that at once. */
async function logInWhenUp(access: HostAccess, patienceMs: number): Promise<SshSession> {
  const end = Date.now() + patienceMs;
  for (let tries = 0; ; tries++) {
    try {
      return await connect(access.target, access.credentials, access);
    } catch (error) {
      const rest = backoff(tries, 1000, 8000);
      if (!transientErrors.some((kind) => error instanceof kind) || Date.now() + rest > end) throw error;
      await pause(rest, access);
    }
  }
}

/** Connects until the host shows one of the keys. Until sshd has read its files, it shows the old one. */
async function waitForNewKey({ access, renewal }: Renewal, keys: readonly HostKey[]) {
  const next = keys.map(({ type, base64 }) => `${type} ${base64}`);
  const known = { ...access, knownHostKeys: [...next, renewal.old], acceptNew: false };
  const end = Date.now() + (renewal.settleMs ?? 15_000);
  let last = "";
  for (let tries = 0; ; tries++) {
    try {
      const session = await connect(known.target, known.credentials, known);
      session.close();
      if (!isKey(session.hostKey, renewal.old)) return { shown: session.hostKey, last };
    } catch (error) {
      if (!(error instanceof ExoscaleSshError)) throw error;
      last = `: ${error.message}`;
    }
    const rest = backoff(tries, 200, 2000);
    if (Date.now() + rest > end) return { shown: undefined, last };
    await pause(rest, access);
  }
}

async function pause(milliseconds: number, { signal }: HostAccess): Promise<void> {
  await wait(milliseconds, undefined, signal && { signal });
}

async function runAsRoot(
  { access, session, facts }: Renewal,
  text: string,
  variables: Readonly<Record<string, string>>,
): Promise<Fields> {
  const answer = await runScriptAs(session, facts, "root", { text, variables });
  if ("refused" in answer) throw notDoneError(access, answer.refused);
  const reason = answer.text("reason");
  if (reason !== undefined) throw notDoneError(access, lastLine(reason));
  return answer;
}

function isKey({ type, base64 }: HostKey, text: string): boolean {
  return text === `${type} ${base64}`;
}

function keyFrom(text: string): HostKey {
  return hostKeyFromBlob(Buffer.from(text.split(" ")[1] ?? "", "base64"));
}

function notRootError({ target }: HostAccess, { becomeRefusal }: HostFacts): HostKeyNotPinnedError {
  return notDoneError({ target }, `${target.user} cannot become root there: ${becomeRefusal ?? "no way is known"}`);
}

function notDoneError({ target }: Pick<HostAccess, "target">, reason: string): HostKeyNotPinnedError {
  return new HostKeyNotPinnedError(`${target.host} got no host key of its own: ${reason}.`);
}
