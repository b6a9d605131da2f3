/**
 * How old the account's list of keys may be when the state of a resource is read, in ms, if this process has changed no
 * key since: a refresh of many resources asks once.
 */
export const REFRESH_AGE_MS = 5_000;
