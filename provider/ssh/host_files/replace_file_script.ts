import { LOCK, PREPARE_FILE } from "./locked_file_script";
import { FOLLOW } from "./read_script";
import { FROM_TEXT, FROM_UPLOAD } from "./replacement_text_script";
import { CHECK_PATH_OF_ROOT } from "./root_path_script";
import { script } from "./shell_text";

/*
 * The lock is a directory, and the new file is made in it: a process that takes the lock over also takes away that file,
 * and with it the rename. Nothing waits for the client while the lock is held: an upload has a directory of its own and
 * is complete before. Every process costs the host about a millisecond, so the shell does what it can by itself.
 */

const BEGIN = script`
  held= stage= made= said=
  # Runs at every exit. It removes an empty lock that a signal left; the lock of another run has that run's file in it.
  undo() {
    if [ -n "$held" ]; then
      [ ! -e "$lock/$nonce" ] || rm -f "$lock/$nonce"
      rmdir "$lock"
    fi
    [ -z "$stage" ] || rm -rf "$stage"
    [ -z "$made" ] || rmdir "$made"
  } >/dev/null 2>&1
  trap undo 0
  trap 'exit 1' 1 2 13 15
  finish() {
    put outcome "$1"
    put end
    exit 0
  }
  # The reason is the end of the first line of a program's output.
  fail() {
    said=\${said%%"$line_end"*}
    put reason "$1\${said:+: \${said##*: }}"
    finish failed
  }
  # Runs a command, or fails with its output.
  try() {
    what=$1
    shift
    said=$("$@" 2>&1 >/dev/null) || fail "$what"
  }
  flush() {
    sync "$1" 2>/dev/null || sync
  }
  make_stage() {
    try "cannot write in $dir" mkdir "./.$base.exoscale-ssh.$nonce"
    stage=./.$base.exoscale-ssh.$nonce
  }
`;

const GO_TO_DIRECTORY = script`
  ${FOLLOW}
  follow "$path"
  if [ "$status" = read ] && [ ! -e "$at" ]; then
    said=$(ls -d "$at" 2>&1 >/dev/null) || explain "$said"
  fi
  said=$why
  case $status in
    link-loop | unreadable) fail "cannot open $path";;
  esac
  # Only a directory directly below the home is created, such as .ssh.
  if [ ! -d "$dir" ] && [ "$kind" = new ] && [ "\${dir%/*}" = "$home" ]; then
    try "cannot make $dir" mkdir "$dir"
    made=$dir
  fi
  [ -d "$dir" ] || fail "there is no directory $dir"
  said=
  cd -P "$dir/" 2>/dev/null || fail "cannot enter $dir"
  if [ "$uid" = 0 ] && { [ -n "$sticky" ] || [ "$PWD" = / ]; }; then
    case $(ls -ld .) in
      d????w* | d???????w*) fail "$dir can be written by others than root";;
    esac
  fi
  file=./$base
  lock=./.$base.exoscale-ssh.lock
  [ ! -e "$file" ] || [ -f "$file" ] || fail "$at is not a regular file"
  [ ! -e "$file" ] || [ -r "$file" ] || { said='Permission denied'; fail "cannot read $at"; }
  # Removes what a power failure left more than a day ago.
  left=
  set +f
  for each in ./."$base".exoscale-ssh.*; do
    [ ! -e "$each" ] || left=1
  done
  set -f
  [ -z "$left" ] ||
    find . ! -name . -prune -name ".$base.exoscale-ssh.*" -mtime +0 -exec rm -rf {} + 2>/dev/null
  [ -w . ] || put denied
  # A file in an append-only directory (chattr +a) could not be removed again.
  if command -v lsattr >/dev/null 2>&1; then
    case $(lsattr -d . 2>/dev/null) in
      *a*' .') fail "$dir is append-only: Operation not permitted";;
    esac
  fi
`;

const REPLACE = script`
  # A rename cannot replace a mount point. One write of a shorter text is the next best.
  write_in_place() {
    [ "$kind" = old ] && [ "$new" -le "$old" ] || fail "cannot replace $at, nor let it grow in place"
    if [ "$new" = 0 ]; then
      said=$({ : >"$file"; } 2>&1) || fail "cannot write $at"
    else
      said=$(dd if="$made_file" of="$file" bs="$new" conv=notrunc 2>&1) &&
        said=$(dd if=/dev/null of="$file" bs="$new" seek=1 count=0 2>&1) || fail_in_place
    fi
    put in-place
    flush "$file"
  }
  fail_in_place() {
    put_back
    fail "cannot write $at"
  }
  if ! said=$(mv -f "$made_file" "$file" 2>&1); then
    # Another run has taken over the lock, and edits now.
    [ -e "$made_file" ] || locked
    case \${said##*: } in
      *busy*) write_in_place;;
      *) fail "cannot replace $at";;
    esac
  fi
  made=
  # A new file gets the label of its directory; an old one has kept its own.
  [ "$kind" = old ] || { restorecon "$dir" "$file" >/dev/null 2>&1; }
  flush .
  if [ -n "$read_back" ]; then
    put bytes
    send
    cat "$file"
  fi
  finish written
`;

/**
 * Writes `$path` if it has the expected bytes. `$old` and `$new` are the sizes of the texts. `$kind` is `new` if no file
 * is expected, else `old`; `$uid` and `$home` are the account's; `$stale` names the holder of a lock that may be broken;
 * `$public` is set if another account reads a file that root writes; `$read_back` is set if the file is read again.
 */
const replaceFile = (source: string) =>
  [BEGIN, CHECK_PATH_OF_ROOT, GO_TO_DIRECTORY, source, LOCK, PREPARE_FILE, REPLACE].join("\n");

/** See `replaceFile`; the texts are in `$before` and `$after`. */
export const REPLACE_FILE = replaceFile(FROM_TEXT);

/** See `replaceFile`; the texts follow on standard input. */
export const REPLACE_FILE_WITH_UPLOAD = replaceFile(FROM_UPLOAD);
