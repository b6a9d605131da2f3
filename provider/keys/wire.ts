/** Fields taken from the start of an SSH wire encoding, and the bytes that follow them. */
export interface TakenFields {
  readonly fields: readonly Buffer[];
  readonly rest: Buffer;
}

/**
 * Takes `count` length-prefixed strings from the start of `bytes` (RFC 4251 section 5).
 *
 * @returns undefined when the bytes end before the last field does.
 */
export function takeFields(bytes: Buffer, count: number): TakenFields | undefined {
  const fields: Buffer[] = [];
  let rest = bytes;
  while (fields.length < count) {
    if (rest.length < 4) return undefined;
    const end = 4 + rest.readUInt32BE(0);
    if (rest.length < end) return undefined;
    fields.push(rest.subarray(4, end));
    rest = rest.subarray(end);
  }
  return { fields, rest };
}

/** Encodes a string by RFC 4251 section 5; `takeFields` decodes it. */
export function lengthPrefixed(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A number as an mpint (RFC 4251 section 5): without leading zeros, except for one that keeps it positive. */
export function mpint(base64url = ""): Buffer {
  const hex = Buffer.from(base64url, "base64url")
    .toString("hex")
    .replace(/^(00)+/, "");
  return Buffer.from(/^[89a-f]/.test(hex) ? `00${hex}` : hex, "hex");
}

/** The unsigned number of these bytes, the highest first. */
export function toBigInt(bytes: Buffer): bigint {
  return BigInt(`0x0${bytes.toString("hex")}`);
}
