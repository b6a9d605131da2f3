/** What a script on the host answered. */
import { printable } from "../../errors/printable";

/** One value that a script put; fields keep their order. */
export interface Field {
  /** The name of the value. */
  readonly name: string;
  /** Byte for byte. */
  readonly value: Buffer;
}

/** Finds the fields that a script put with a nonce in the output of a host. Anything before the first one is noise. */
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

/** Fields, with look-up by name. A list of records is cut where the first field of each record repeats. */
export class Fields {
  readonly #all: readonly Field[];

  constructor(all: readonly Field[]) {
    this.#all = all;
  }

  /** The first value of that name, byte for byte. */
  bytes(name: string): Buffer | undefined {
    return this.#all.find((field) => field.name === name)?.value;
  }

  /** The first value of that name as UTF-8, without line ends at its end. */
  text(name: string): string | undefined {
    return this.bytes(name)?.toString().replace(/\n+$/, "");
  }

  /** One record for each field of that name, which begins it. Fields before the first record are left out. */
  each(name: string): Fields[] {
    const starts = this.#all.flatMap((field, index) => (field.name === name ? [index] : []));
    return starts.map((start, index) => new Fields(this.#all.slice(start, starts[index + 1])));
  }
}

/** A host's own words, safe for a message: the last line that can be seen, without a full stop. */
export function lastLine(words: string): string {
  const last = words.split("\n").findLast((line) => printable(line) !== "") ?? "";
  return printable(last).replace(/[.\s]+$/, "");
}
