import type { Run } from "../contract/run";
import type { AuthorizedKeyState } from "./fields";

type Grant = Pick<AuthorizedKeyState, "user" | "fingerprintSha256" | "hostKey" | "connection">;

/**
 * Remembers a grant that this run has made, so that the second half of a replacement does not undo the first: Pulumi deletes
 * the old object after it has made the new one, and both may be the same line of the same file.
 *
 * @param wasThere whether the host had the key already
 */
export function rememberGrant({ created }: Run, grant: Grant, wasThere: boolean): void {
  created.add(at(grant));
  if (wasThere) created.add(anywhere(grant));
}

/**
 * Whether this run has granted the same, so that a removal would undo that: on the same address; or on another one, where
 * the same host key was shown and the key was there already.
 */
export function isGrantedAgain({ created }: Run, grant: Grant): "here" | "elsewhere" | undefined {
  if (created.has(at(grant))) return "here";
  return created.has(anywhere(grant)) ? "elsewhere" : undefined;
}

function anywhere({ user, fingerprintSha256, hostKey }: Grant): string {
  return JSON.stringify(["authorized key", hostKey, user, fingerprintSha256]);
}

function at(grant: Grant): string {
  return JSON.stringify([anywhere(grant), grant.connection.host.toLowerCase(), grant.connection.port ?? null]);
}
