import { UNKNOWN, type Unknown } from "../contract/description";
import type { CheckFailure } from "../contract/resource";

/** A connection, or what is known of it: the host, and maybe a jump host before it. */
type WithBastion<End> = End & { readonly bastion?: End | Unknown | undefined };

/** The two ends of a connection that are known at least in part, with the names of their inputs. */
export function endsOf<End extends object>(
  connection: WithBastion<End> | Unknown | undefined,
): readonly (readonly [property: string, end: End])[] {
  if (connection === UNKNOWN || connection === undefined) return [];
  const { bastion } = connection;
  if (bastion === UNKNOWN || bastion === undefined) return [["connection", connection]];
  return [
    ["connection", connection],
    ["connection.bastion", bastion],
  ];
}

/** A failure with the error's message if a value that is known and given cannot be read. Throws other errors than these. */
export function failureOf<T>(
  property: string,
  value: T | undefined,
  read: (value: T) => unknown,
  ...errors: readonly (abstract new (
    ...args: never
  ) => Error)[]
): CheckFailure[] {
  if (value === undefined) return [];
  try {
    read(value);
    return [];
  } catch (error) {
    if (error instanceof Error && errors.some((kind) => error instanceof kind)) {
      return [{ property, reason: error.message }];
    }
    throw error;
  }
}
