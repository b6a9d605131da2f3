/** Loaded into a process before its program (node --expose-gc --require): SIGUSR2 has it say what it holds. */
const { queryObjects } = require("node:v8");

const Timeout = setTimeout(() => undefined, 0).constructor;

process.on("SIGUSR2", () => {
  globalThis.gc();
  // What finalizers release is garbage only then.
  setImmediate(() => {
    globalThis.gc();
    const [timers, signals] = [Timeout, AbortSignal].map((kind) => queryObjects(kind, { format: "count" }));
    process.stderr.write(`${JSON.stringify({ heap: process.memoryUsage().heapUsed, timers, signals })}\n`);
  });
});
