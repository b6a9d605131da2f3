/** The common parent: `catch (error) { if (error instanceof ExoscaleSshError) ... error.code }`. */
export abstract class ExoscaleSshError extends Error {
  /** Stable identifier of the kind of error, such as `KEY_PUBLIC_INVALID`; never renamed. */
  abstract readonly code: string;

  override get name(): string {
    return this.constructor.name;
  }

  /** Has the message go on with a sentence: with what has become of things since the error was thrown. */
  goingOn(sentence: string): this {
    this.message = `${this.message} ${sentence}`;
    return this;
  }
}
