import type { Run } from "../contract/run";
import type { AuthorizedKeyState } from "./fields";

type Grant = Pick<AuthorizedKeyState, "user" | "fingerprintSha256" | "hostKey" | "connection" | "options">;

/**
 * Remembers a grant that this run has made. Pulumi deletes the old object of a replacement after it has created the new
 * one, and both may be the same line of the same file. The deletion then must not remove it.
 *
 * @param wasThere whether the host already had the key
 */
export function rememberGrant({ created }: Run, grant: Grant, wasThere: boolean): void {
  created.add(at(grant));
  if (wasThere) created.add(anywhere(grant));
}

/**
 * Whether this run has made the same grant, so that a removal would undo it: at the same address (`here`); or at
 * another address that showed the same host key and already had the key (`elsewhere`).
 */
export function isGrantedAgain({ created }: Run, grant: Grant): "here" | "elsewhere" | undefined {
  if (created.has(at(grant))) return "here";
  return created.has(anywhere(grant)) ? "elsewhere" : undefined;
}

function anywhere({ user, fingerprintSha256, hostKey, options = [] }: Grant): string {
  // A key that logs in and the same key as a certificate authority are two lines.
  const isAuthority = options.some((option) => /^cert-authority$/i.test(option));
  return JSON.stringify(["authorized key", hostKey, user, fingerprintSha256, isAuthority]);
}

function at(grant: Grant): string {
  return JSON.stringify([anywhere(grant), grant.connection.host.toLowerCase(), grant.connection.port ?? null]);
}
