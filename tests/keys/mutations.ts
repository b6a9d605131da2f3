/** Texts of keys, damaged in ways that happen: bits that flip, parts that are lost, doubled or put elsewhere. */
import { type Arbitrary, array, constantFrom, nat, oneof, record, uint8Array } from "fast-check";

/** A change of some bytes. */
export type Mutation = (bytes: Buffer) => Buffer;

const place = nat(0xffff);
const at = (bytes: Buffer, where: number) => where % (bytes.length + 1);
const spliced = (bytes: Buffer, from: number, lost: number, put: Uint8Array) =>
  Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + lost)]);

/** Numbers in place of a length, a count or a number of rounds. */
const numbers = [0, 1, 4, 16, 255, 65_536, 0x7fff_ffff, 0x8000_0000, 0xffff_fff8, 0xffff_ffff];

const flip = record({ where: place, bit: nat(7) }).map(({ where, bit }) => (bytes: Buffer) => {
  const index = bytes.length === 0 ? 0 : where % bytes.length;
  return spliced(bytes, index, 1, Buffer.from([(bytes[index] ?? 0) ^ (1 << bit)]));
});
const cut = place.map((where) => (bytes: Buffer) => bytes.subarray(0, at(bytes, where)));
const lose = record({ where: place, length: nat(40) }).map(
  ({ where, length }) =>
    (bytes: Buffer) =>
      spliced(bytes, at(bytes, where), length, Buffer.alloc(0)),
);
const insert = record({ where: place, put: uint8Array({ minLength: 1, maxLength: 12 }) }).map(
  ({ where, put }) =>
    (bytes: Buffer) =>
      spliced(bytes, at(bytes, where), 0, put),
);
const repeat = record({ from: place, to: place, length: nat(200) }).map(
  ({ from, to, length }) =>
    (bytes: Buffer) =>
      spliced(bytes, at(bytes, to), 0, bytes.subarray(at(bytes, from), at(bytes, from) + length)),
);

/** Overwrites what may be a length. Most lengths of a key are near its beginning, and at other places after one. */
const overwrite = record({ where: place, number: constantFrom(...numbers) }).map(
  ({ where, number }) =>
    (bytes: Buffer) => {
      const starts = lengthsIn(bytes);
      const start = starts.length > 0 && where % 4 > 0 ? starts[where % starts.length] : at(bytes, where);
      const put = Buffer.alloc(4);
      put.writeUInt32BE(number);
      return spliced(bytes, start ?? 0, 4, put);
    },
);

/** The places of numbers of four bytes that are the length of what follows, or could be. */
function lengthsIn(bytes: Buffer): number[] {
  const places = Array.from({ length: Math.max(0, bytes.length - 3) }, (_, index) => index);
  return places.filter((index) => bytes.readUInt32BE(index) <= bytes.length - index && bytes[index] === 0);
}

/** One to three changes, one after the other. */
export const mutations: Arbitrary<Mutation> = array(oneof(flip, cut, lose, insert, repeat, overwrite), {
  minLength: 1,
  maxLength: 3,
}).map((changes) => (bytes) => changes.reduce((changed, change) => change(changed), bytes));

/** Bytes between the BEGIN and END lines of PEM. */
export function unwrapped(pem: string): { label: string; bytes: Buffer } {
  const [, label = "", body = ""] = /-----BEGIN ([^-]+)-----\n([\s\S]+?)-----END/.exec(pem) ?? [];
  return { label, bytes: Buffer.from(body, "base64") };
}

/** PEM around bytes, as other programs read it. */
export function wrapped({ label, bytes }: { label: string; bytes: Buffer }): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `${[`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`].join("\n")}\n`;
}
