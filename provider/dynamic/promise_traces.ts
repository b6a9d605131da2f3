/**
 * Lets no time go into the stack traces that Pulumi takes of its own promises while it makes a resource.
 *
 * For each property it makes four promises, and writes a trace of each with source maps, only to show it with
 * PULUMI_DEBUG_PROMISE_LEAKS. With our thirty properties that takes most of the program's time. These are the only errors
 * without a message whose trace is read at once; all others keep theirs, and so does the resource in the state, for
 * which Pulumi reads a trace without a limit.
 *
 * @returns ends it
 */
export function skipTracesOfPromises(): () => void {
  const { prepareStackTrace } = Error;
  // Without source maps a trace costs little.
  if (!prepareStackTrace || process.env["PULUMI_DEBUG_PROMISE_LEAKS"]) return () => undefined;
  Error.prepareStackTrace = (error, frames) =>
    error.message === "" && Error.stackTraceLimit !== Number.POSITIVE_INFINITY
      ? String(error)
      : prepareStackTrace(error, frames);
  return () => {
    Error.prepareStackTrace = prepareStackTrace;
  };
}
