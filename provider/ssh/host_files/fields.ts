/** What a script on the host answered. */

/** One thing that a script put, in the order in which it did. */
export interface Field {
  /** What it is. */
  readonly name: string;
  /** Byte for byte. */
  readonly value: Buffer;
}

/** Finds in what came from a host what was put with a nonce. What stands before the first one is noise. */
export function fieldsIn(output: Buffer, nonce: string): Field[] {
  const fields: Field[] = [];
  let start = output.indexOf(nonce);
  while (start >= 0) {
    const from = start + nonce.length;
    const next = output.indexOf(nonce, from);
    const piece = output.subarray(from, next < 0 ? undefined : next);
    const equals = piece.indexOf("=");
    if (equals > 0) fields.push({ name: piece.toString("utf8", 0, equals), value: piece.subarray(equals + 1) });
    start = next;
  }
  return fields;
}

/** The fields of one thing among several, of which each begins with the same field. */
export class Fields {
  readonly #all: readonly Field[];

  constructor(all: readonly Field[]) {
    this.#all = all;
  }

  /** The first value of that name as it is. */
  bytes(name: string): Buffer | undefined {
    return this.#all.find((field) => field.name === name)?.value;
  }

  /** The first value of that name as UTF-8, without line ends behind it. */
  text(name: string): string | undefined {
    return this.bytes(name)?.toString().replace(/\n+$/, "");
  }

  /** Cuts before every field of that name; what stands before the first one is left out. */
  each(name: string): Fields[] {
    const starts = this.#all.flatMap((field, index) => (field.name === name ? [index] : []));
    return starts.map((start, index) => new Fields(this.#all.slice(start, starts[index + 1])));
  }
}

/** A host's own words, fit for a message: one line, nothing that a terminal would act on. */
export function printable(words: string): string {
  const lines = words.split("\n").map((line) => line.replace(/[^\x20-\x7e]+/g, " ").trim());
  const last = lines.filter((line) => line !== "").at(-1) ?? "";
  return last.slice(0, 300).replace(/[.\s]+$/, "");
}
