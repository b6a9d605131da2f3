// Quoting for a POSIX shell.

/** @param {string} text @returns {string} the text as one word, which the shell takes literally */
export function shellWord(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
