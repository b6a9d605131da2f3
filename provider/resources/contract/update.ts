import { KeysNotPutBackError } from "../../errors";
import { equalValues } from "./description";
import type { Context, Log, Resource } from "./resource";
import { omitUndefined, PARTIAL_UPDATE_MARK } from "./state";

/**
 * An update that failed when something was done already: the object is no longer as the last state has it, and the program
 * may be taken back to what that state says. What is to be saved instead, so that the next run looks after the object
 * whatever the program says by then.
 */
export class PartialUpdateError extends Error {
  constructor(
    readonly state: object,
    /** Why it failed: what a user is to be told. */
    override readonly cause: unknown,
  ) {
    super("Updated in part.");
  }
}

/** Brings an object to the inputs. @throws PartialUpdateError, and what it failed with where nothing was done by then */
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
    // A host that nobody can look at any more passes for what it was.
    const isOnHost = error instanceof KeysNotPutBackError;
    if (context.account.changesSent() === before && !isOnHost) throw error;
    const found = await readState(resource, id, last, context);
    // What is gone is not saved again, and what is as it was needs nobody to look after it.
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
