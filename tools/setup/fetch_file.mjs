// A program: `fetch_file.mjs URL FILE` downloads a file. Gives up early if the host cannot be reached.
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Until the answer begins, in milliseconds. */
const CONNECT_TIMEOUT = 8_000;
/** Between two chunks, in milliseconds. */
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
  process.stderr.write(`Cannot download from ${new URL(url).host}: ${reason(error)}\n`);
  process.exit(1);
}

/** @param {unknown} error @returns {string} the message of the innermost cause, which is where fetch has what happened */
function reason(error) {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? reason(error.cause) : error.message;
}
