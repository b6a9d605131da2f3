// Counts the requests in the emulator's log by their kind.

/** @typedef {Record<string, number>} RequestCounts by kind: `DELETE /ssh-key/{name}` */

/** The kind of the requests that ask whether an operation has ended. */
const POLL = "GET /operation/{id}";

/** A path that the emulator answers without a signature, and which nobody else asks for. */
const MARK = "/zone?bench=";

/** Takes the lines of the emulator's log, and tells how many requests there were since it was last asked. */
export class RequestLog {
  /** @type {RequestCounts} */
  #counts = {};
  #marks = 0;
  /** @type {(() => void) | undefined} */
  #onMark;

  /** @param {string} line such as `08:03:02.123 POST   /v2/instance 200 3 ms ch-gva-2` */
  add(line) {
    const [, method, path = "", status] = /^\S+ (\w+) +\/v2(\S+) (\d+)/.exec(line) ?? [];
    if (!method) return;
    if (path.startsWith(MARK)) return void this.#onMark?.();
    const kind = `${method} ${template(path)}${status === "429" ? ", refused by the limit" : ""}`;
    this.#counts[kind] = (this.#counts[kind] ?? 0) + 1;
  }

  /** @param {string} endpoint the emulator's @returns {Promise<RequestCounts>} those that it has received since the last call */
  async take(endpoint) {
    // The log arrives by a pipe. Once it shows this request, it has shown all before it.
    const seen = new Promise((resolve) => (this.#onMark = () => resolve(undefined)));
    await (await fetch(`${endpoint}${MARK}${this.#marks++}`)).text();
    await seen;
    const counts = this.#counts;
    this.#counts = {};
    return counts;
  }
}

/** @param {RequestCounts} counts @returns {number} */
export const total = (counts) => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** @param {RequestCounts} counts @returns {number} */
export const polls = (counts) => counts[POLL] ?? 0;

/** @param {string} path below /v2 @returns {string} with `{id}` instead of ids and names, and without the query */
function template(path) {
  const [, resource = "", item, action = ""] =
    /^\/([^/?]+)(?:\/([^/:?]+))?((?:[/:][^?]*)?)/.exec(path.split("?")[0] ?? "") ?? [];
  const field = action.replace(/^(\/\w+)\/.*/, "$1/{id}");
  return `/${resource}${item === undefined ? "" : "/{id}"}${field}`;
}
