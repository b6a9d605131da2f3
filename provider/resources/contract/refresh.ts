/**
 * How old the account's list of keys may be when a resource is read, in ms, if this process has changed nothing since: a
 * refresh of many resources asks once. A change and a deletion ask anew.
 */
export const REFRESH_AGE_MS = 5_000;
