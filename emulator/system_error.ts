/** What Node says of a call that the system refused. */

/** The `code` of a system error. */
export function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}
