// The outputs of the quickstart program.

/**
 * @typedef {object} Deployed
 * @property {string} login the SSH command
 * @property {string} host
 * @property {number} port
 * @property {string} user
 * @property {string} knownHosts empty when the program does not tell
 * @property {string} instance the machine's name
 * @property {string} alicePrivateKey
 * @property {string} bobPrivateKey
 */

/** @param {Record<string, unknown>} outputs @returns {Deployed} @throws {Error} naming an output that is missing */
export function readOutputs(outputs) {
  /** @param {string} name */
  const text = (name) => {
    const value = outputs[name];
    if (typeof value === "string" || typeof value === "number") return String(value);
    throw new Error(`examples/quickstart has no output "${name}".`);
  };
  return {
    login: text("login"),
    host: text("host"),
    port: Number(text("port")),
    user: text("user"),
    knownHosts: knownHostsOf(outputs["knownHosts"]),
    instance: text("instance"),
    alicePrivateKey: text("alicePrivateKey"),
    bobPrivateKey: text("bobPrivateKey"),
  };
}

/** @param {unknown} value one text, or a list of lines */
function knownHostsOf(value) {
  const lines = (Array.isArray(value) ? value : [value]).filter((line) => typeof line === "string" && line !== "");
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}
