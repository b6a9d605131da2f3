/**
 * Every error that a user of this package can meet.
 *
 * Each has a stable `code` to search for and to match on. Its message says what happened, to which resource, and what
 * to do now. None ever contains a private key, a passphrase, an API secret or user data.
 */
export * from "./base";
export * from "./exoscale_api";
export * from "./key_material";
export * from "./keys_on_a_host";
export * from "./resources";
export * from "./silent_host";
export * from "./ssh_to_a_host";
