import { ExoscaleSshError, KeysNotPutBackError, PartialCreateError } from "../../errors";
import { sentences } from "../../errors/sentences";
import { describeGrant } from "./access";
import type { AuthorizedKeyState } from "./fields";

/**
 * The error to throw for a creation that failed. If its line may be on the host, the key is saved as partially created.
 * Otherwise the line would stay on the host without any state that has it.
 */
export function partialCreation(id: string, made: Omit<AuthorizedKeyState, "hostKey">, error: unknown): unknown {
  if (!(error instanceof KeysNotPutBackError)) return error;
  const state: AuthorizedKeyState = { ...made, hostKey: error.hostKey, unfinished: true };
  const message = sentences(
    `${describeGrant(made)} may be on the host, but: ${error.message}`,
    'It is kept in the state, and "pulumi up" continues with it',
  );
  return new PartialCreateError(message, id, { ...state }, error);
}

/** The reason that a change failed, also if it could not be put back. */
export function reasonBehind(error: unknown): unknown {
  return error instanceof KeysNotPutBackError && error.cause instanceof ExoscaleSshError ? error.cause : error;
}
