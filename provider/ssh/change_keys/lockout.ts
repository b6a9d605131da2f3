import { LastKeyError } from "../../errors";
import type { PublicKey } from "../../keys/public_key";
import type { AuthorizedEntry } from "../authorized_keys/entry";
import { fingerprintOf } from "../credentials";
import { accountFiles, entriesIn } from "./account_files";
import { askAnew } from "./asking";
import { keyOf } from "./key_identity";
import type { Visit } from "./visit";

/** Who can still log in once keys are removed. */
export type Witness =
  /** We, with a credential that stays. */
  | { readonly kind: "credential" }
  /** Whoever has this key: sshd says that it would accept it. */
  | { readonly kind: "key"; readonly key: PublicKey }
  /** Nobody that we know of, and the program permits that. */
  | { readonly kind: "nobody" };

/** Asking about more would look like guessing to the host. */
const mostAsked = 12;

/**
 * Finds out who can still log in once the keys are gone.
 *
 * @throws LastKeyError when nobody is known who can, unless the change permits it
 */
export async function witnessOf(visit: Visit, keys: readonly PublicKey[]): Promise<Witness> {
  const { session, change, access } = visit;
  const goes = new Set(keys.map(({ fingerprintSha256 }) => fingerprintSha256));
  if (!goes.has(session.loggedInKey ?? "")) return { kind: "credential" };
  const credentials = access.credentials.filter((credential) => !goes.has(fingerprintOf(credential) ?? ""));
  if (credentials.length > 0 && (await askAnew(access, [], credentials)).loggedIn) return { kind: "credential" };
  const key = await otherKey(visit, goes);
  if (key) return { kind: "key", key };
  if (change.allowLockout) return { kind: "nobody" };
  throw new LastKeyError(
    `${keys.map(({ fingerprintSha256 }) => fingerprintSha256).join(", ")} is the last key known to open ` +
      `${change.user}@${access.target.host}, so it was not removed. Add another key first, or set allowLockout: true.`,
  );
}

/** Read anew: a key may have been added a moment ago. */
async function otherKey(visit: Visit, goes: ReadonlySet<string>): Promise<PublicKey | undefined> {
  const { session, look, change } = visit;
  const own = await accountFiles(session, look, change.user);
  const stays = (entry: AuthorizedEntry) =>
    !goes.has(entry.fingerprintSha256) && !entry.isCertAuthority && !entry.forcesCommand;
  const candidates = entriesIn([own])
    .filter(stays)
    .sort((a, b) => a.options.length - b.options.length)
    .flatMap((entry) => keyOf(entry) ?? [])
    .slice(0, mostAsked);
  for (const key of candidates) {
    const { answers } = await askAnew(visit.access, [key], visit.access.credentials);
    if (answers.get(key.fingerprintSha256) === "yes") return key;
  }
  return undefined;
}
