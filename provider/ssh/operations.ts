/**
 * Everything that connects to a host, in one module that is loaded with the first connection: ssh2 takes longer to load
 * than Pulumi's protocol does, and most runs of Pulumi connect to no machine.
 */
export { changeKeys } from "./change_keys/change_keys";
export { examineKey } from "./change_keys/examine_key";
export { findGrant } from "./change_keys/find_grant";
export { listKeys } from "./change_keys/list_keys";
export { renewHostKeys } from "./host_keys_on_host/renew";
export { probe } from "./probe";
export { waitForSsh } from "./wait";
