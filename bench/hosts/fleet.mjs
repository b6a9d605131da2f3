// The hosts of the benchmark: guests with a real sshd, in a process of their own.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { beforeExit } from "../../tools/process/leave.mjs";

/** @typedef {{ host: string, port: number, user: string, hostKey: string }} Host */
/** @typedef {{ privateKey: string, publicKey: string }} Key */

export class Fleet {
  #last = 0;

  /** @param {import("node:child_process").ChildProcess} child */
  constructor(child) {
    this.child = child;
  }

  /**
   * @param {string[]} programs those of this machine that hosts find, besides those of every Linux
   * @returns {Promise<Fleet>} without hosts so far
   */
  static async start(programs) {
    const child = fork(fileURLToPath(new URL("fleet_main.mjs", import.meta.url)), programs, {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const ended = once(child, "exit");
    beforeExit(async () => {
      if (child.connected) child.disconnect();
      await ended;
    });
    const started = await Promise.race([once(child, "message"), ended.then(() => undefined)]);
    if (started === undefined) throw new Error("The hosts did not start.");
    return new Fleet(child);
  }

  /** @param {number} count @returns {Promise<{ hosts: Host[], keys: { old: Key, admin: Key } }>} */
  grow(count) {
    return this.#ask("grow", count);
  }

  /** Writes the key into the files of the first hosts again. @param {number} count @returns {Promise<void>} */
  reset(count) {
    return this.#ask("reset", count);
  }

  /** @returns {Promise<number>} the processor time of all hosts so far, in milliseconds */
  processor() {
    return this.#ask("processor", undefined);
  }

  /** @param {number} count @returns {Promise<number[]>} how many processes each host has started since `reset` */
  processes(count) {
    return this.#ask("processes", count);
  }

  /** @param {number} count @returns {Promise<string[]>} the hosts whose files are not as they should be after a removal */
  left(count) {
    return this.#ask("left", count);
  }

  /** @param {string} name @param {unknown} argument @returns {Promise<any>} */
  #ask(name, argument) {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      const end = (/** @type {number | null} */ code, /** @type {string | null} */ signal) =>
        reject(new Error(`The process with the hosts has ended with ${code ?? signal}.`));
      this.child.once("exit", end);
      const listen = (/** @type {any} */ message) => {
        if (message.id !== id) return;
        this.child.off("message", listen).off("exit", end);
        if (message.error) reject(new Error(message.error));
        else resolve(message.answer);
      };
      this.child.on("message", listen);
      this.child.send({ id, name, argument });
    });
  }
}
