// The least that removes a key and proves it: a bare ssh2 loop. It compares nothing and puts nothing back.
import { connect as openSocket } from "node:net";
import ssh2 from "ssh2";

const { BaseAgent, Client, utils } = ssh2;

/** An agent that has the public key only: a request to sign means that the server accepts the key. */
class Question extends BaseAgent {
  isAccepted = false;

  /** @param {string} publicKey */
  constructor(publicKey) {
    super();
    const parsed = utils.parseKey(publicKey);
    if (parsed instanceof Error) throw parsed;
    this.key = parsed;
  }

  /** @param {(error: null, keys: any[]) => void} done @override */
  getIdentities(done) {
    done(null, [this.key]);
  }

  /** @override */
  sign(/** @type {any[]} */ ...args) {
    this.isAccepted = true;
    args.at(-1)(new Error("only asked"));
  }
}

/**
 * Removes a key from the files of the user and of root, and proves that both accounts refuse it and that the user's takes
 * the other one: sshd takes one account for a connection, so that both are asked at once in two of them.
 *
 * @param {import("./fleet.mjs").Host} host
 * @param {{ old: import("./fleet.mjs").Key, admin: import("./fleet.mjs").Key }} keys
 */
export async function removeBarely(host, { old, admin }) {
  const login = { type: "publickey", username: host.user, key: admin.privateKey };
  const client = await open(host, [login]);
  const [, base64] = old.publicKey.split(" ");
  const files = `/root/.ssh/authorized_keys /home/${host.user}/.ssh/authorized_keys`;
  await run(client, `sudo -n sed -i '\\|${base64}|d' ${files}`);
  const [question, questionAboutRoot] = [new Question(old.publicKey), new Question(old.publicKey)];
  const [proof] = await Promise.all([
    open(host, [{ type: "agent", username: host.user, agent: question }, login]),
    askOnly({ ...host, user: "root" }, questionAboutRoot),
  ]);
  client.end();
  proof.end();
  if (question.isAccepted || questionAboutRoot.isAccepted) throw new Error(`${host.host} still accepts the key.`);
}

/** @param {import("./fleet.mjs").Host} host @param {any[]} methods @returns {Promise<import("ssh2").Client>} */
function open(host, methods) {
  const known = host.hostKey.split(" ")[1];
  return new Promise((resolve, reject) => {
    const client = new Client();
    client.on("error", (error) => {
      if (!("level" in error && error.level === "agent")) reject(error);
    });
    client.on("ready", () => resolve(client));
    client.connect({
      sock: openSocket({ host: host.host, port: host.port, noDelay: true }),
      username: host.user,
      hostVerifier: (/** @type {Buffer} */ key) => key.toString("base64") === known,
      authHandler: /** @type {any} */ ([{ type: "none", username: host.user }, ...methods]),
    });
  });
}

/** @param {import("./fleet.mjs").Host} host @param {Question} question @returns {Promise<void>} when it is answered */
async function askOnly(host, question) {
  const refusal = await open(host, [{ type: "agent", username: host.user, agent: question }]).catch((error) => error);
  if (refusal.level !== "client-authentication") throw refusal;
}

/** @param {import("ssh2").Client} client @param {string} command @returns {Promise<void>} */
function run(client, command) {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      channel.resume().stderr.resume();
      channel.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`The command ended with ${code}.`))));
    });
  });
}
