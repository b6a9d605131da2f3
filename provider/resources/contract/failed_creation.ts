import { OperationFailedError } from "../../errors";

/**
 * Whether a creation has failed and left nothing: Exoscale says that the operation failed, and that there is no such
 * object. A state that had it could neither be updated nor deleted before a refresh.
 *
 * @param find reads the object; undefined if there is none
 */
export async function leftNothing(error: unknown, find: () => Promise<object | undefined>): Promise<boolean> {
  if (!(error instanceof OperationFailedError)) return false;
  try {
    return (await find()) === undefined;
  } catch {
    return false;
  }
}
