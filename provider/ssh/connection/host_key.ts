import { createHash } from "node:crypto";
import { HostKeyChangedError, InvalidHostKeyError, UnknownHostKeyError } from "../../errors";
import { takeFields } from "../../keys/wire";
import { hostAndPort, type SshTarget } from "./target";

/** The public key with which a host proves its identity. */
export interface HostKey {
  /** Key type, such as `ssh-ed25519`. */
  readonly type: string;
  /** The key itself, as in the second field of a `.pub` file. */
  readonly base64: string;
  /** `SHA256:` and 43 characters, as `ssh-keygen -l` prints it. */
  readonly fingerprintSha256: string;
}

/** A known host key: its fingerprint and, unless only that was given, its type. */
export interface HostKeyPin {
  readonly fingerprintSha256: string;
  readonly type?: string;
}

const FINGERPRINT = /^SHA256:([A-Za-z0-9+/]{43})=?$/;
/** A line of known_hosts (sshd(8)): names, type and base64, of which people leave out the first ones. */
const KEY_LINE = /^(?:(?:\S+[ \t]+)?(?<type>[a-z][\w@.-]*)[ \t]+)?(?<base64>AAAA[A-Za-z0-9+/]+={0,2})(?:[ \t]|$)/;
const MARKER = /^@(revoked|cert-authority)\s/;

const markerMeanings: Readonly<Record<string, string>> = {
  revoked: "it must not be trusted. Find out why, and give the key that the host has now",
  "cert-authority": "it signs host keys and is none itself. Give the host's own key",
};

/** Reads the host key that a server sent (RFC 4253, section 6.6). Throws InvalidHostKeyError. */
export function hostKeyFromBlob(blob: Buffer): HostKey {
  const length = blob.length < 4 ? 0 : blob.readUInt32BE(0);
  const type = blob.subarray(4, 4 + length).toString("latin1");
  if (type.length !== length || !/^[a-z0-9@.-]+$/.test(type)) {
    throw new InvalidHostKeyError("These bytes are no SSH host key: they do not start with a key type.");
  }
  const digest = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
  return { type, base64: blob.toString("base64"), fingerprintSha256: `SHA256:${digest}` };
}

/**
 * Reads a known host key: `type base64`, a line of `ssh-keyscan` or of known_hosts, bare base64, or `SHA256:...`. Of
 * several lines the first one counts, unless one has a marker. The errors do not repeat the text, which may be anything.
 *
 * @throws InvalidHostKeyError
 */
export function parseHostKeyPin(text: string): HostKeyPin {
  const fingerprint = FINGERPRINT.exec(text.trim())?.[1];
  if (fingerprint) return { fingerprintSha256: `SHA256:${fingerprint}` };
  const lines = text.split("\n").map((line) => line.trim());
  const marker = lines.flatMap((line) => MARKER.exec(line)?.[1] ?? [])[0];
  if (marker !== undefined) {
    throw new InvalidHostKeyError(`This host key is marked @${marker}: ${markerMeanings[marker]}.`);
  }
  const [line, comment] = [lines.find((each) => /^[^#]/.test(each)), lines.find((each) => each.startsWith("#"))];
  if (line === undefined && comment !== undefined) {
    throw new InvalidHostKeyError("This host key is commented out. Remove the # if the host has this key.");
  }
  return keyOnLine(line ?? "");
}

function keyOnLine(line: string): HostKey {
  const { type, base64 = "" } = KEY_LINE.exec(line)?.groups ?? {};
  const blob = Buffer.from(base64, "base64");
  if (!isWhole(blob)) throw notAHostKey();
  const key = hostKeyFromBlob(blob);
  if (/-cert-v\d\d@/.test(key.type)) {
    throw new InvalidHostKeyError("This host key is a certificate. Give the host's own key, as ssh-keyscan prints it.");
  }
  if (type !== undefined && type !== key.type) throw notAHostKey();
  return key;
}

/** Whether bytes are length-prefixed fields and nothing else, such as every SSH key. */
function isWhole(blob: Buffer): boolean {
  let rest: Buffer | undefined = blob;
  while (rest?.length) rest = takeFields(rest, 1)?.rest;
  return blob.length > 0 && rest !== undefined;
}

function notAHostKey(): InvalidHostKeyError {
  return new InvalidHostKeyError(
    'This is not a host key: give "ssh-ed25519 AAAA..." as ssh-keyscan prints it, or "SHA256:...".',
  );
}

/** Checks the key that one host shows, and remembers it. */
export class HostKeyCheck {
  /** The key last shown, trusted or not; `undefined` until the host has shown one. */
  seen: HostKey | undefined;
  /** Why the key shown was not trusted. */
  refusal: HostKeyChangedError | UnknownHostKeyError | undefined;

  readonly #whenNothingIsKnown: "accept" | "refuse";

  constructor(
    readonly target: SshTarget,
    readonly pins: readonly HostKeyPin[],
    whenNothingIsKnown: "accept" | "refuse",
  ) {
    this.#whenNothingIsKnown = whenNothingIsKnown;
  }

  /** Whether the key shown is one that was known before. */
  get known(): boolean {
    return this.pins.some((pin) => pin.fingerprintSha256 === this.seen?.fingerprintSha256);
  }

  /** Forgets an earlier refusal: it does not explain a failure of the next connection. */
  reset(): void {
    this.refusal = undefined;
  }

  /** Records the key, and decides whether to continue with a host that shows it. */
  judge(blob: Buffer): boolean {
    const seen = hostKeyFromBlob(blob);
    this.seen = seen;
    this.reset();
    if (this.pins.length > 0 && !this.known) this.refusal = changedError(this.target, this.pins, seen);
    if (this.pins.length === 0 && this.#whenNothingIsKnown === "refuse") this.refusal = unknownError(this.target, seen);
    return this.refusal === undefined;
  }
}

function changedError(target: SshTarget, pins: readonly HostKeyPin[], seen: HostKey): HostKeyChangedError {
  const expected = pins.map((pin) => pin.fingerprintSha256).join(" or ");
  return new HostKeyChangedError(
    `The host key of ${hostAndPort(target)} has changed: expected ${expected}, seen ${seen.fingerprintSha256} (${seen.type}). ` +
      "Another machine may have this address now, or somebody may intercept the connection; nothing was sent. If the " +
      "machine was reinstalled, compare the fingerprint with its console and give the new host key.",
  );
}

function unknownError(target: SshTarget, seen: HostKey): UnknownHostKeyError {
  return new UnknownHostKeyError(
    `The host key of ${hostAndPort(target)} is not known: it shows ${seen.fingerprintSha256} (${seen.type}). ` +
      "Compare that with the machine's console and give it as the known host key, or allow new hosts.",
  );
}
