// Sends signed requests, one after the other or many at once, and nothing more: no retries, no checks.
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

/** Pause between two polls of an operation that should have ended, in milliseconds. */
const POLL_INTERVAL = 10;

/** Until a signature expires, in seconds. */
const SIGNATURE_LIFETIME = 600;

/** @typedef {{ id: string, state: string, reference?: { id: string } }} Operation */

export class BareClient {
  #agent = new Agent({ keepAlive: true });
  /** When the next request may be sent, by the clock of `performance`. */
  #next = 0;

  /**
   * @param {Record<string, string>} environment the variables of the emulator
   * @param {object} options
   * @param {number} options.operationMs how long an operation takes: nothing is asked before
   * @param {number | undefined} options.requestsPerSecond the limit, which is also the size of a burst; undefined: none
   */
  constructor(environment, { operationMs, requestsPerSecond }) {
    this.key = environment["EXOSCALE_API_KEY"] ?? "";
    this.secret = environment["EXOSCALE_API_SECRET"] ?? "";
    this.endpoint = new URL(environment["EXOSCALE_API_ENDPOINT"] ?? "");
    this.operationMs = operationMs;
    this.requestsPerSecond = requestsPerSecond;
  }

  /**
   * @param {string} method
   * @param {string} path below /v2, without a query
   * @param {object} [body]
   * @returns {Promise<any>} the answer
   * @throws {Error} if it is not 200
   */
  async send(method, path, body) {
    const text = body === undefined ? "" : JSON.stringify(body);
    for (;;) {
      await this.#takeTurn();
      const { status, content } = await this.#exchange(method, path, text);
      if (status === 200) return content;
      // Our clock and the one of the limit differ by the time of the way.
      if (status !== 429) throw new Error(`${method} ${path} was answered with ${status}: ${JSON.stringify(content)}`);
    }
  }

  /**
   * Sends a change and waits until its operation has ended.
   *
   * @param {string} method @param {string} path @param {object} [body]
   * @returns {Promise<string>} the id of the object; empty for operations on keys
   */
  async change(method, path, body) {
    /** @type {Operation} */
    let operation = await this.send(method, path, body);
    for (let pause = this.operationMs; operation.state === "pending"; pause = POLL_INTERVAL) {
      await sleep(pause);
      operation = await this.send("GET", `/operation/${operation.id}`);
    }
    if (operation.state !== "success") throw new Error(`${method} ${path}: ${JSON.stringify(operation)}`);
    return operation.reference?.id ?? "";
  }

  close() {
    this.#agent.destroy();
  }

  /** @param {string} method @param {string} path @param {string} body */
  async #exchange(method, path, body) {
    const { hostname, port, pathname } = this.endpoint;
    const whole = `${pathname}${path}`;
    const headers = { authorization: this.#sign(method, whole, body), "content-type": "application/json" };
    const sent = request({ agent: this.#agent, hostname, port, path: whole, method, headers }).end(body);
    const [answer] = await once(sent, "response");
    return { status: answer.statusCode, content: await json(answer) };
  }

  /** Waits as long as the limit requires: a burst, then one request after the other. */
  async #takeTurn() {
    if (this.requestsPerSecond === undefined) return;
    const interval = 1000 / this.requestsPerSecond;
    const now = performance.now();
    this.#next = Math.max(this.#next, now - (this.requestsPerSecond - 1) * interval) + interval;
    if (this.#next - interval > now) await sleep(this.#next - interval - now);
  }

  /** @param {string} method @param {string} path @param {string} body @returns {string} the `Authorization` header */
  #sign(method, path, body) {
    const expires = Math.floor(Date.now() / 1000) + SIGNATURE_LIFETIME;
    const message = `${method} ${path}\n${body}\n\n\n${expires}`;
    const signature = createHmac("sha256", this.secret).update(message).digest("base64");
    return `EXO2-HMAC-SHA256 credential=${this.key},expires=${expires},signature=${signature}`;
  }
}
