// Text for a shell.

/** @param {string} text @returns {string} one word of a POSIX shell's, of which it changes nothing */
export function shellWord(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
