import { withoutInvisible } from "./printable";

/** The common parent: `catch (error) { if (error instanceof ExoscaleSshError) ... error.code }`. */
export abstract class ExoscaleSshError extends Error {
  /** Stable identifier of the kind of error, such as `KEY_PUBLIC_INVALID`; never renamed. */
  abstract readonly code: string;

  /** @param message may repeat what others wrote: the error has it without characters that a terminal would obey */
  constructor(message: string, options?: ErrorOptions) {
    super(withoutInvisible(message), options);
  }

  override get name(): string {
    return this.constructor.name;
  }

  /** Adds a sentence to the message, such as one about what was undone after the error. */
  addSentence(sentence: string): this {
    this.message = `${this.message} ${withoutInvisible(sentence)}`;
    return this;
  }
}
