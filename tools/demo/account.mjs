// The account, read through the API and not through Pulumi.
import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "../setup/paths.mjs";

const require = createRequire(import.meta.url);

/** @param {Record<string, string>} account the variables with its endpoint and credentials */
export function openAccount(account) {
  /** @type {typeof import("../../provider/exoscale/client.js")} */
  const { Api } = require(join(root, "dist", "provider", "exoscale", "client.js"));
  /** @type {typeof import("../../provider/exoscale/ssh_keys.js")} */
  const { SshKeys } = require(join(root, "dist", "provider", "exoscale", "ssh_keys.js"));
  const {
    EXOSCALE_API_ENDPOINT: endpoint = "",
    EXOSCALE_API_KEY: apiKey = "",
    EXOSCALE_API_SECRET: apiSecret = "",
  } = account;
  const keys = new SshKeys(new Api({ endpoint, credentials: () => ({ apiKey, apiSecret }) }));
  return {
    /** @returns {Promise<string[]>} the names of the account's SSH keys */
    keyNames: async () => (await keys.list()).map(({ name }) => name),
  };
}
