/**
 * The calls that need the resources. Their descriptions take longer to load than everything else together, so they are
 * loaded while the engine makes its connection, not before it has a port to connect to.
 */
export { invoke } from "./invoke";
export * from "./lifecycle";
export { ResourceCall } from "./resource_call";
export { redactionOfSecrets } from "./tokens";
