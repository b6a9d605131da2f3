// The same login with the npm package ssh2, if there is no OpenSSH client.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/**
 * @param {import("./login.mjs").Host} host
 * @param {string} privateKey
 * @param {string} command
 * @returns {Promise<import("./login.mjs").Result>}
 */
export function logInWithoutSsh({ host, port, user, knownHosts }, privateKey, command) {
  /** @type {typeof import("ssh2")} */
  const { Client } = require("ssh2");
  const client = new Client();
  return new Promise((resolve) => {
    client.on("error", (error) => resolve({ code: 255, output: error.message }));
    client.on("ready", () => resolve(execute(client, command).finally(() => client.end())));
    const hostVerifier = (/** @type {Buffer} */ key) => !knownHosts || knownHosts.includes(key.toString("base64"));
    client.connect({ host, port, username: user, privateKey, hostVerifier, readyTimeout: 10_000 });
  });
}

/** @param {import("ssh2").Client} client @param {string} command @returns {Promise<import("./login.mjs").Result>} */
function execute(client, command) {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      let output = "";
      for (const stream of [channel, channel.stderr])
        stream.on("data", (/** @type {Buffer} */ data) => {
          output += data;
        });
      channel.on("close", (/** @type {number | null} */ code) => resolve({ code: code ?? 255, output }));
    });
  });
}
