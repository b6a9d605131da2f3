/**
 * Longest answer that is read, in bytes, after decompression. The longest list is that of an account's instances: 10,000
 * of them, each with five keys and ten labels, take 20 MB and have 170,000 objects and lists.
 */
const LONGEST_ANSWER = 32 * 2 ** 20;
/** Most objects and lists in an answer. Three bytes, `{},`, become a hundred in memory. */
const MOST_OBJECTS = 1_000_000;
/** Room for a short answer, in bytes. It doubles as the answer goes on. */
const FIRST_ROOM = 2 ** 14;

const OPENING_BRACE = "{".charCodeAt(0);
const OPENING_BRACKET = "[".charCodeAt(0);

/** The text of an answer, or why it is not taken, in words that follow "answered 200:". */
export type AnswerBody = { readonly text: string } | { readonly fault: string };

/**
 * Reads the body of an answer to its end, or until it is longer than any answer of the API. The rest is then not read, and
 * the connection is closed.
 *
 * @throws what `fetch` throws when the connection breaks or its signal is aborted
 */
export async function readBody({ body }: Response): Promise<AnswerBody> {
  let room = Buffer.allocUnsafe(FIRST_ROOM);
  let length = 0;
  // Pieces are copied: a server that sends byte by byte would otherwise leave millions of small objects.
  for await (const piece of body ?? []) {
    if (length + piece.length > LONGEST_ANSWER)
      return { fault: `an answer of more than ${LONGEST_ANSWER / 2 ** 20} MiB` };
    room = withRoomFor(length + piece.length, room);
    room.set(piece, length);
    length += piece.length;
  }
  const bytes = room.subarray(0, length);
  if (countOpenings(bytes) > MOST_OBJECTS) return { fault: `an answer of more than ${MOST_OBJECTS} objects` };
  return { text: new TextDecoder().decode(bytes) };
}

function withRoomFor(length: number, room: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  if (length <= room.length) return room;
  const larger = Buffer.allocUnsafe(Math.max(length, 2 * room.length));
  larger.set(room);
  return larger;
}

function countOpenings(bytes: Buffer): number {
  let count = 0;
  for (const byte of bytes) if (byte === OPENING_BRACE || byte === OPENING_BRACKET) count++;
  return count;
}
