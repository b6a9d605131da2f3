/**
 * Gives all errors a stack trace of one line, while Pulumi makes a resource.
 *
 * For each property Pulumi makes four promises and writes a stack trace for each, which it shows only with
 * PULUMI_DEBUG_PROMISE_LEAKS. With our thirty properties that takes most of the program's time. The trace that the state
 * keeps of the resource is not shortened.
 *
 * @returns ends it; an error that it is given gets the lines of its callers
 */
export function shortenStackTraces(): (error?: unknown) => void {
  if (process.env["PULUMI_DEBUG_PROMISE_LEAKS"]) return () => undefined;
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 1;
  return (error) => {
    Error.stackTraceLimit = stackTraceLimit;
    if (error instanceof Error) error.stack += `\n${linesOfCallers()}`;
  };
}

function linesOfCallers(): string {
  const [, ...lines] = new Error().stack?.split("\n") ?? [];
  return lines.join("\n");
}
