/**
 * The calls that need the resources. Loading the descriptions of the resources takes longer than loading everything
 * else, so it happens while the engine connects, not before the plugin has printed its port.
 */
export { invoke } from "./invoke";
export * from "./lifecycle";
export { ResourceCall } from "./resource_call";
export { redactionOfSecrets } from "./tokens";
