import { KeysNotPutBackError } from "../../errors";
import { equalValues } from "./description";
import type { Context, Log, Resource } from "./resource";
import { omitUndefined, PARTIAL_UPDATE_MARK } from "./state";

/**
 * An update that failed after it had changed something. The object no longer equals the last state, and the program may
 * be reverted to that state. So another state is saved, with which the next run updates the object in any case.
 */
export class PartialUpdateError extends Error {
  constructor(
    readonly state: object,
    /** Why it failed, for the user. */
    override readonly cause: unknown,
  ) {
    super("Updated in part.");
  }
}

/** Updates an object. @throws PartialUpdateError, or the error of the update itself if nothing was changed */
export async function update<Inputs extends object, State extends object>(
  resource: Pick<Resource<Inputs, State>, "update" | "read">,
  id: string,
  last: State,
  inputs: Inputs,
  context: Context,
): Promise<State> {
  const before = context.account.changesSent();
  try {
    return await resource.update(id, last, inputs, context);
  } catch (error) {
    // On a host that no longer answers, a read would find the old state.
    const isOnHost = error instanceof KeysNotPutBackError;
    if (context.account.changesSent() === before && !isOnHost) throw error;
    const found = await readState(resource, id, last, context);
    // An object that is gone is not saved again, and an unchanged one needs no mark.
    if (found === "gone" || (found !== "unknown" && !isOnHost && isSame(found, last))) throw error;
    throw new PartialUpdateError({ ...(found === "unknown" ? last : found), [PARTIAL_UPDATE_MARK]: true }, error);
  }
}

const quiet: Log = { info: () => {}, warn: () => {}, progress: () => {} };

async function readState<State extends object>(
  resource: Pick<Resource<object, State>, "read">,
  id: string,
  last: State,
  context: Context,
): Promise<State | "gone" | "unknown"> {
  try {
    return (await resource.read(id, last, { ...context, log: quiet }))?.state ?? "gone";
  } catch {
    // The failure of the update says more.
    return "unknown";
  }
}

function isSame(found: object, last: object): boolean {
  return equalValues(omitUndefined({ ...found }), omitUndefined({ ...last }));
}
