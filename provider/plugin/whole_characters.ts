/**
 * A text without half characters, as are left where one was cut, or as Exoscale may send: gRPC cannot send them in an error,
 * and the engine refuses a message that has one.
 */
export function wholeCharacters(text: string): string {
  return Buffer.from(text).toString();
}
