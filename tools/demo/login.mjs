// Logging in with a private key that never touches a disk or a command line.
import { existsSync, mkdtempSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { mustRun, run, start } from "../process/run.mjs";
import { onPath } from "../setup/engine_installed.mjs";
import { logInWithoutSsh } from "./login_without_ssh.mjs";

/**
 * @typedef {object} Host
 * @property {string} host
 * @property {number} port
 * @property {string} user
 * @property {string} knownHosts lines for a known_hosts file; when empty the first login takes what it sees, for good
 *
 * @typedef {{ code: number, output: string }} Result
 */

/**
 * @param {import("./workplace.mjs").Workplace} place
 * @param {Host} host
 * @returns {(privateKey: string, command: string) => Promise<Result>}
 */
export function makeLogin(place, host) {
  if (!onPath("ssh") || !onPath("ssh-agent"))
    return (privateKey, command) => logInWithoutSsh(host, privateKey, command);
  const knownHosts = join(place.directory, "known_hosts");
  writeFileSync(knownHosts, host.knownHosts);
  return (privateKey, command) =>
    withAgent(place, privateKey, (agent) =>
      logIn(place, host, ["-F", "none", ...sshOptions(agent, knownHosts)], command),
    );
}

/** @param {import("./workplace.mjs").Workplace} place @param {Host} host @param {string[]} options @param {string} command */
function logIn({ environment }, { host, port, user }, options, command) {
  const target = ["-p", String(port), "-l", user, host];
  return run("ssh", [...options, ...target, command], { env: environment, timeoutMs: 30_000 });
}

/** Only this agent's one key, only this host key, no question. @param {string} agent @param {string} knownHosts */
function sshOptions(agent, knownHosts) {
  const options = {
    IdentityAgent: agent,
    IdentityFile: "none",
    PreferredAuthentications: "publickey",
    BatchMode: "yes",
    UserKnownHostsFile: knownHosts,
    GlobalKnownHostsFile: "none",
    StrictHostKeyChecking: statSync(knownHosts).size > 0 ? "yes" : "accept-new",
    LogLevel: "ERROR",
    ConnectTimeout: "10",
  };
  return Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
}

/**
 * @template T
 * @param {import("./workplace.mjs").Workplace} place
 * @param {string} privateKey
 * @param {(socket: string) => Promise<T>} use
 * @returns {Promise<T>}
 */
async function withAgent({ directory, environment }, privateKey, use) {
  const socket = join(mkdtempSync(join(directory, "agent-")), "socket");
  const stop = start("ssh-agent", ["-D", "-a", socket], environment);
  try {
    for (let tries = 0; !existsSync(socket) && tries < 250; tries++) await sleep(20);
    const env = { ...environment, SSH_AUTH_SOCK: socket };
    await mustRun("ssh-add", ["-q", "-"], { env, input: `${privateKey.trimEnd()}\n` });
    return await use(socket);
  } finally {
    await stop();
  }
}
