// A program: `fetch_file.mjs URL FILE` saves what the address has. Gives up early when the host cannot be reached.
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Until the first byte, in milliseconds. */
const CONNECT_TIMEOUT = 8_000;
/** Between two pieces, in milliseconds. */
const STALL_TIMEOUT = 30_000;

const [url = "", file = ""] = process.argv.slice(2);
const abort = new AbortController();
let timer = setTimeout(() => abort.abort(new Error("no answer")), CONNECT_TIMEOUT);

try {
  const response = await fetch(url, { signal: abort.signal });
  if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
  const body = Readable.fromWeb(/** @type {import("node:stream/web").ReadableStream} */ (response.body));
  body.on("data", () => {
    clearTimeout(timer);
    timer = setTimeout(() => abort.abort(new Error("stalled")), STALL_TIMEOUT);
  });
  await pipeline(body, createWriteStream(file));
  process.exit(0);
} catch (error) {
  process.stderr.write(`${new URL(url).host} cannot be used: ${reason(error)}\n`);
  process.exit(1);
}

/** @param {unknown} error @returns {string} fetch hides what happened in the cause, or in the cause of that */
function reason(error) {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? reason(error.cause) : error.message;
}
