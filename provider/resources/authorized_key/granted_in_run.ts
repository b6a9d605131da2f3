import type { Context } from "../contract/resource";
import type { AuthorizedKeyState } from "./fields";

type Grant = Pick<AuthorizedKeyState, "user" | "fingerprintSha256" | "hostKey" | "connection" | "options">;

type RunOfAccount = Pick<Context, "account" | "run">;

/**
 * Remembers a grant that this run has made. Pulumi deletes the old object of a replacement after it has created the new
 * one, and both may be the same line of the same file. The deletion then must not remove it.
 *
 * @param wasThere whether the host already had the key
 */
export function rememberGrant({ account, run }: RunOfAccount, grant: Grant, wasThere: boolean): void {
  run.created.add(at(grant, account));
  if (wasThere) run.created.add(anywhere(grant, account));
}

/**
 * Whether this run has made the same grant, so that a removal would undo it: at the same address (`here`); or at
 * another address that showed the same host key and already had the key (`elsewhere`).
 */
export function isGrantedAgain({ account, run }: RunOfAccount, grant: Grant): "here" | "elsewhere" | undefined {
  if (run.created.has(at(grant, account))) return "here";
  return run.created.has(anywhere(grant, account)) ? "elsewhere" : undefined;
}

/** A key that logs in and the same key as a certificate authority are two lines. */
function anywhere({ user, fingerprintSha256, hostKey, options = [] }: Grant, { ssh }: RunOfAccount["account"]): string {
  return JSON.stringify(["authorized key", hostKey, user, fingerprintSha256, ssh.roleOf(options)]);
}

function at(grant: Grant, account: RunOfAccount["account"]): string {
  const { host, port } = grant.connection;
  return JSON.stringify([anywhere(grant, account), host.toLowerCase(), port ?? null]);
}
