// Removes the sections of a Linux program that only debuggers read: 17 MB of Node. The program `strip` does the same, but
// its output depends on its version, it knows one kind of processor, and it is not always installed.

/** Offsets in the file's header: of the table of sections, of their number, and of the section with their names. */
const headerOffsets = { table: 0x28, count: 0x3c, names: 0x3e };
const sectionLayout = { size: 64, type: 4, flags: 8, offset: 24, length: 32 };
/** Flag: the section is loaded when the program runs. */
const ALLOCATED = 2n;
/** Type: the section has no content in the file, such as .bss. */
const EMPTY = 8;

/**
 * @param {Buffer} program 64 bit, little endian
 * @returns {Buffer} the program with the loaded sections, which linkers put first, and their names
 * @throws {Error} if it is something else, or has another layout
 */
export function stripElf(program) {
  if (program.toString("latin1", 0, 6) !== "\x7fELF\x02\x01")
    throw new Error("This is not a 64-bit program for Linux.");
  const sections = readSections(program);
  const firstDropped = sections.findIndex(({ flags }, index) => index > 0 && !(flags & ALLOCATED));
  const kept = sections.slice(0, firstDropped);
  const names = sections[program.readUInt16LE(headerOffsets.names)];
  if (!names || sections.slice(firstDropped).some(({ flags }) => flags & ALLOCATED))
    throw new Error("The sections of this program have an unexpected order.");
  const end = Math.max(...kept.map(({ type, offset, length }) => offset + (type === EMPTY ? 0 : length)));
  const loaded = Buffer.from(program.subarray(0, end));
  const texts = program.subarray(names.offset, names.offset + names.length);
  const padding = Buffer.alloc(-(end + texts.length) & 7);
  names.header.writeBigUInt64LE(BigInt(end), sectionLayout.offset);
  loaded.writeBigUInt64LE(BigInt(end + texts.length + padding.length), headerOffsets.table);
  loaded.writeUInt16LE(kept.length + 1, headerOffsets.count);
  loaded.writeUInt16LE(kept.length, headerOffsets.names);
  return Buffer.concat([loaded, texts, padding, ...kept.map(({ header }) => header), names.header]);
}

/** @param {Buffer} program */
function readSections(program) {
  const table = Number(program.readBigUInt64LE(headerOffsets.table));
  return Array.from({ length: program.readUInt16LE(headerOffsets.count) }, (_, index) => {
    const start = table + index * sectionLayout.size;
    const header = Buffer.from(program.subarray(start, start + sectionLayout.size));
    return {
      header,
      type: header.readUInt32LE(sectionLayout.type),
      flags: header.readBigUInt64LE(sectionLayout.flags),
      offset: Number(header.readBigUInt64LE(sectionLayout.offset)),
      length: Number(header.readBigUInt64LE(sectionLayout.length)),
    };
  });
}
