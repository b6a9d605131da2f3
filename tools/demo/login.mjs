// Logs in with a private key that is never in a file or on a command line.
import { mkdtempSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run, start } from "../process/run.mjs";
import { findOnPath } from "../setup/engine_installed.mjs";
import { logInWithoutSsh } from "./login_without_ssh.mjs";

/**
 * @typedef {object} Host
 * @property {string} host
 * @property {number} port
 * @property {string} user
 * @property {string} knownHosts lines for a known_hosts file; if empty, the host key of the first login is trusted from then on
 *
 * @typedef {{ code: number, output: string }} Result
 */

/**
 * @param {import("./sandbox.mjs").Sandbox} sandbox
 * @param {Host} host
 * @returns {(privateKey: string, command: string) => Promise<Result>}
 */
export function makeLogin(sandbox, host) {
  if (!findOnPath("ssh") || !findOnPath("ssh-agent"))
    return (privateKey, command) => logInWithoutSsh(host, privateKey, command);
  writeFileSync(join(sandbox.directory, KNOWN_HOSTS), host.knownHosts);
  return (privateKey, command) => withAgent(sandbox, privateKey, (options) => logIn(host, command, options));
}

/**
 * The working directory is the sandbox, and paths are relative to it: OpenSSH expands blanks, `%` and `$` in a path, and
 * the path of a socket has at most 107 bytes.
 *
 * @typedef {{ cwd: string, env: NodeJS.ProcessEnv }} Options
 */

const KNOWN_HOSTS = "known_hosts";

/** @param {Host} host @param {string} command @param {Options} options */
function logIn({ host, port, user }, command, options) {
  const known = statSync(join(options.cwd, KNOWN_HOSTS)).size > 0;
  const target = ["-p", String(port), "-l", user, host];
  return run("ssh", ["-F", "none", ...sshOptions(known), ...target, command], { ...options, timeoutMs: 30_000 });
}

/** Only the key of the agent, only this host key, no prompt. @param {boolean} known whether the host key is known */
function sshOptions(known) {
  const options = {
    IdentityFile: "none",
    PreferredAuthentications: "publickey",
    BatchMode: "yes",
    UserKnownHostsFile: KNOWN_HOSTS,
    GlobalKnownHostsFile: "none",
    StrictHostKeyChecking: known ? "yes" : "accept-new",
    LogLevel: "ERROR",
    ConnectTimeout: "10",
  };
  return Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
}

/**
 * @template T
 * @param {import("./sandbox.mjs").Sandbox} sandbox
 * @param {string} privateKey
 * @param {(options: Options) => Promise<T>} use gets an environment with the agent
 * @returns {Promise<T>}
 */
async function withAgent({ directory: cwd, environment }, privateKey, use) {
  const socket = join(basename(mkdtempSync(join(cwd, "agent-"))), "socket");
  const stop = start("ssh-agent", ["-D", "-a", socket], { cwd, env: environment });
  try {
    const options = { cwd, env: { ...environment, SSH_AUTH_SOCK: socket } };
    await addKey(privateKey, options);
    return await use(options);
  } finally {
    await stop();
  }
}

/**
 * The agent's socket is there a moment before the agent listens on it. ssh-add ends with 2 if it cannot reach the agent.
 *
 * @param {string} privateKey
 * @param {Options} options
 */
async function addKey(privateKey, options) {
  const add = () => run("ssh-add", ["-q", "-"], { ...options, input: `${privateKey.trimEnd()}\n` });
  let { code, output } = await add();
  for (let tries = 0; code === 2 && tries < 250; tries++) {
    await sleep(20);
    ({ code, output } = await add());
  }
  if (code !== 0) throw new Error(`ssh-add ended with exit code ${code}:\n${output}`);
}
