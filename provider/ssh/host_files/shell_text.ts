/**
 * How a script gets to a POSIX shell on the host and its answer back.
 *
 * The command line is the same for every call and has no double meaning in sh, csh, fish or zsh, one of which is the login
 * shell that runs it. The script follows on standard input, and after it the data, so that neither is ever an argument
 * of a process, where everybody on the host could read it.
 */

/** Reads a script, given as its length, a line end and its text, and runs it. What follows on standard input is the script's. */
export const LOADER = 'read -r n;x=$(dd bs=1 count="$n" 2>/dev/null);eval "$x"';

/** The command to run with the user's login shell. */
export const COMMAND = `/bin/sh -c '${LOADER}'`;

/** A word for a POSIX shell, whatever is in it. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * A script without its comments, empty lines and indentation, since the host reads it byte by byte. Backslashes are the
 * script's own, but for `\\${`, which is its `${`.
 */
export function script(text: TemplateStringsArray, ...values: readonly string[]): string {
  const lines = String.raw({ raw: text.raw.map((part) => part.replaceAll("\\${", "${")) }, ...values).split("\n");
  const trimmed = lines.map((line) => line.trim());
  return trimmed.filter((line) => line !== "" && !line.startsWith("#")).join("\n");
}

// In every script. What `put` writes is found again by the nonce, whatever else is written before, after or between.
const BEGINNING = script`
  loader=${quote(LOADER)}
  unset CDPATH ENV IFS
  LC_ALL=C
  PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin
  export LC_ALL PATH
  umask 077
  set -f
  cd /
  put() {
    printf '%s%s=' "$nonce" "$1"
    [ $# -eq 1 ] || printf '%s' "$2"
  }
`;

/**
 * A script as LOADER reads it. Its braces make it whole or nothing: a script that was cut off does not run.
 *
 * @param variables what the script finds set, besides `nonce`
 */
export function loaded(nonce: string, variables: Readonly<Record<string, string>>, body: string): string {
  const set = Object.entries({ nonce, ...variables }).map(([name, value]) => `${name}=${quote(value)}`);
  const text = ["{", ...set, BEGINNING, body, "}"].join("\n");
  return `${Buffer.byteLength(text)}\n${text}`;
}
