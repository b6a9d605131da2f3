import type * as z from "zod";
import type { Account, Credential } from "../../account";
import { credentialsOf } from "../access/credentials";
import type { holderConnection } from "../access/fields";
import type { Obstacle } from "./table";

/** How the program says to log in to the holders of a key. */
export type HolderConnection = z.output<typeof holderConnection>;

/** The key that takes the place of a revoked one, on machines that no Instance of the program manages. */
export interface Successor {
  /** Name in the account. */
  readonly name: string;
  /** `type base64[ comment]`. */
  readonly publicKeyOpenssh: string | undefined;
  /** Its private half, if it is available. */
  readonly credential: Credential | undefined;
  readonly connection: HolderConnection | undefined;
}

/** A key to be closed on every machine that holds it, and the means to do so. */
export interface RevocableKey {
  /** Name in the account. */
  readonly name: string;
  readonly fingerprintMd5: string;
  readonly fingerprintSha256: string | undefined;
  /** `type base64[ comment]`; undefined if only the fingerprint is known. */
  readonly publicKeyOpenssh: string | undefined;
  /** Its private half, which logs in to the machines that hold it; or why there is none, and what to do. */
  readonly credential: Credential | Obstacle;
  readonly connection: HolderConnection | undefined;
  /** Permits removing the last key that can log in. */
  readonly allowLockout: boolean;
  /** Ends open sessions after the key is removed. */
  readonly endSessions: boolean;
  readonly successor: Successor | undefined;
}

/** The credentials that log in to a holder. */
export interface HolderCredentials {
  /** The key itself, which still opens the machine before its removal. */
  readonly own: Credential | undefined;
  /** The successor's, the connections', the ssh-agent's. */
  readonly others: readonly Credential[];
}

/** The key itself, its successor, and the credentials that the connections name. */
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
