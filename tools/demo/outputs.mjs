// The outputs of the quickstart program.

/**
 * @typedef {object} Deployed
 * @property {string} login the SSH command
 * @property {string} host
 * @property {number} port
 * @property {string} user
 * @property {string} knownHosts empty if the program has no such output
 * @property {string} instance the machine's name
 * @property {string} alicePrivateKey
 * @property {string} bobPrivateKey
 */

/** @param {Record<string, unknown>} outputs @param {string} name @throws {Error} if the output is missing */
export function readOutput(outputs, name) {
  const value = outputs[name];
  if (typeof value === "string" || typeof value === "number") return String(value);
  throw new Error(`examples/quickstart has no output "${name}".`);
}

/** @param {Record<string, unknown>} outputs @returns {Deployed} @throws {Error} if the output is missing */
export function readOutputs(outputs) {
  /** @param {string} name */
  const text = (name) => readOutput(outputs, name);
  // Without the host key, which fills a line, and which the demo expects as well.
  const login = text("login").replace(/ -o .*/, "");
  return {
    login,
    ...targetOf(login),
    knownHosts: knownHostsOf(outputs["knownHosts"]),
    instance: text("instance"),
    alicePrivateKey: text("alicePrivateKey"),
    bobPrivateKey: text("bobPrivateKey"),
  };
}

/** @param {string} login `ssh -p 2222 debian@192.0.2.1`; the port is absent if it is 22 */
function targetOf(login) {
  const found = /^ssh (?:-p (?<port>\d+) )?(?<user>[^@ ]+)@(?<host>\S+)$/.exec(login)?.groups;
  if (!found) throw new Error(`examples/quickstart gave an SSH command in an unexpected form: ${login}`);
  return { port: Number(found["port"] ?? 22), user: found["user"] ?? "", host: found["host"] ?? "" };
}

/** @param {unknown} value one text, or a list of lines */
function knownHostsOf(value) {
  const lines = (Array.isArray(value) ? value : [value]).filter((line) => typeof line === "string" && line !== "");
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}
