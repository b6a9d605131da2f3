/**
 * How a script gets to a POSIX shell on the host, and how its answer comes back.
 *
 * The command line means the same in sh, csh, fish and zsh: one of them is the login shell that runs it. The script
 * follows on standard input, and then the data, if there is any. They are never arguments of a process, which everybody
 * on the host could read.
 */

/** The command to run with the user's login shell: its standard input is one script. It starts no further process. */
export const COMMAND = "exec /bin/sh";

/**
 * Reads the length of a script, a line end and the script, and runs it. The rest of standard input belongs to the
 * script. A shell that reads its own script may read more than that, so this reads byte by byte.
 */
export const LOADER = 'read -r n;x=$(dd bs=1 count="$n" 2>/dev/null);eval "$x"';

/** The command to run with the user's login shell, for a script with data behind it. */
export const COMMAND_WITH_DATA = `/bin/sh -c '${LOADER}'`;

/** Where programs are on some host. A login shell that is not interactive may know fewer places. */
export const EXTEND_PATH = "PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";

/** Quotes a word for a POSIX shell. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * A script without its comments, empty lines and indentation, because some shells read it byte by byte. A backslash
 * belongs to the script, except in `\\${`, which becomes `${`.
 */
export function script(text: TemplateStringsArray, ...values: readonly string[]): string {
  const lines = String.raw({ raw: text.raw.map((part) => part.replaceAll("\\${", "${")) }, ...values).split("\n");
  const trimmed = lines.map((line) => line.trim());
  return trimmed.filter((line) => line !== "" && !line.startsWith("#")).join("\n");
}

// The beginning of every script. The nonce marks what `put` writes among all other output. What is written is collected
// until `send`, because the host sends a message for every write. `send` comes before a program that writes by itself. It
// starts no process, so that nobody sees its words: mksh and OpenBSD's ksh have no printf of their own. A shell that
// traces commands (SHELLOPTS of bash) would write the nonce, and all that is put, to standard error too.
const BEGINNING = script`
  unset CDPATH ENV IFS QUOTING_STYLE TIME_STYLE BLOCK_SIZE LS_BLOCK_SIZE BLOCKSIZE
  LC_ALL=C
  ${EXTEND_PATH}
  export LC_ALL PATH
  umask 077
  set -f +x +v
  cd /
  line_end='
  '
  show() {
    printf '%s' "$1"
  }
  case \${KSH_VERSION-}\${SH_VERSION-} in
    *KSH*) show() { print -rn -- "$1"; };;
  esac
  collected=
  write() {
    collected=$collected$1
  }
  send() {
    show "$collected"
    collected=
  }
  put() {
    collected="$collected$nonce$1=\${2-}"
    [ "$1" != end ] || send
  }
  put begin
  send
`;

/**
 * A script for a shell. Because of its braces, a script that was cut off does not run at all. It puts `begin` first, so
 * that one that did not run can be told from one that ended early.
 *
 * @param variables shell variables that are set for the script, besides `nonce`
 */
export function runnable(nonce: string, variables: Readonly<Record<string, string>>, body: string): string {
  const set = Object.entries({ nonce, ...variables }).map(([name, value]) => `${name}=${quote(value)}`);
  return ["{", ...set, BEGINNING, body, "}"].join("\n");
}

/** A script as LOADER reads it. */
export function loadable(runnableScript: string): string {
  return `${Buffer.byteLength(runnableScript)}\n${runnableScript}`;
}
