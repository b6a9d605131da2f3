/**
 * Does some last work when the engine closes this process, and then ends it.
 *
 * At the end of an operation, when it has saved everything, the engine sends SIGINT to the process group of each plugin,
 * and kills it five seconds later. Ctrl-C in a terminal does not reach a plugin: it has a process group of its own.
 *
 * @param work must not throw; the process also ends if it takes too long
 */
export function onClose(work: () => Promise<void>): void {
  process.once("SIGINT", () => void work().finally(() => process.exit(0)));
}
