/**
 * How a script gets to a POSIX shell on the host, and how its answer comes back.
 *
 * The command line is the same for every call, and means the same in sh, csh, fish and zsh: one of them is the login
 * shell that runs it. The script and then the data follow on standard input. They are never arguments of a process,
 * which everybody on the host could read.
 */

/** Reads the length of a script, a line end and the script, and runs it. The rest of standard input belongs to the script. */
export const LOADER = 'read -r n;x=$(dd bs=1 count="$n" 2>/dev/null);eval "$x"';

/** The command to run with the user's login shell. */
export const COMMAND = `/bin/sh -c '${LOADER}'`;

/** Quotes a word for a POSIX shell. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * A script without its comments, empty lines and indentation, because the host reads it byte by byte. A backslash
 * belongs to the script, except in `\\${`, which becomes `${`.
 */
export function script(text: TemplateStringsArray, ...values: readonly string[]): string {
  const lines = String.raw({ raw: text.raw.map((part) => part.replaceAll("\\${", "${")) }, ...values).split("\n");
  const trimmed = lines.map((line) => line.trim());
  return trimmed.filter((line) => line !== "" && !line.startsWith("#")).join("\n");
}

// The beginning of every script. The nonce marks what `put` writes among all other output.
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
 * A script as LOADER reads it. Because of its braces, a script that was cut off does not run at all.
 *
 * @param variables shell variables that are set for the script, besides `nonce`
 */
export function loadable(nonce: string, variables: Readonly<Record<string, string>>, body: string): string {
  const set = Object.entries({ nonce, ...variables }).map(([name, value]) => `${name}=${quote(value)}`);
  const text = ["{", ...set, BEGINNING, body, "}"].join("\n");
  return `${Buffer.byteLength(text)}\n${text}`;
}
