import type * as z from "zod";
import type { Account, Credential } from "../../account";
import { credentialsOf } from "../access/credentials";
import type { holderConnection } from "../access/fields";
import type { Obstacle } from "./table";

/** How the program says to log in to the holders of a key. */
export type HolderConnection = z.output<typeof holderConnection>;

/** What takes the place of a key that is revoked, on machines that no Instance of the program looks after. */
export interface Successor {
  /** Name in the account. */
  readonly name: string;
  /** `type base64[ comment]`. */
  readonly publicKeyOpenssh: string | undefined;
  /** Its private half, where it is at hand. */
  readonly credential: Credential | undefined;
  readonly connection: HolderConnection | undefined;
}

/** A key that is to be closed on every machine that holds it, and what is at hand to do so. */
export interface RevocableKey {
  /** Name in the account. */
  readonly name: string;
  readonly fingerprintMd5: string;
  readonly fingerprintSha256: string | undefined;
  /** `type base64[ comment]`; undefined where only the fingerprint is known. */
  readonly publicKeyOpenssh: string | undefined;
  /** Its private half, which logs in to what it is removed from; or why there is none, and what to do. */
  readonly credential: Credential | Obstacle;
  readonly connection: HolderConnection | undefined;
  /** Permits to remove the last key that can log in. */
  readonly allowLockout: boolean;
  /** Ends open sessions once the key is removed. */
  readonly endSessions: boolean;
  readonly successor: Successor | undefined;
}

/** What logs in to a holder. */
export interface HolderCredentials {
  /** The key itself: it opens what it is removed from. */
  readonly own: Credential | undefined;
  /** The successor's, the connections', the ssh-agent's. */
  readonly others: readonly Credential[];
}

/** What there is to log in with: the key itself, its successor, and what the connections name. */
export function credentialsFor(
  account: Pick<Account, "agentSocket">,
  { credential, connection, successor }: RevocableKey,
): HolderCredentials {
  const next = successor?.credential;
  const connections = credentialsOf(account, connection, successor?.connection);
  return {
    own: "what" in credential ? undefined : credential,
    others: [...(next ? [next] : []), ...connections],
  };
}
