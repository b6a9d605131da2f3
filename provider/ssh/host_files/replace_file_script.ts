import { RESOLVE } from "./read_script";
import { CHECK_PATH_OF_ROOT } from "./root_path_script";
import { script } from "./shell_text";

/*
 * First the script prepares everything beside the file, in a directory of this call alone: the upload, and the new file
 * with the mode of the old one, on disk. Only then does it take the lock, just to compare and to rename. The new file
 * goes through the directory of the lock: a process that takes the lock over also takes away this file, and with it the
 * rename.
 */

const BEGIN = script`
  held= stage= made= said=
  # Runs at every exit. It removes an empty lock that a signal left; the lock of another run has that run's file in it.
  undo() {
    if [ -n "$held" ]; then
      rm -f "$lock/$nonce"
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
  line_end='
  '
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
`;

const GO_TO_DIRECTORY = script`
  ${RESOLVE}
  resolve "$path"
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
  if [ "$(id -u)" = 0 ]; then
    case $(ls -ld .) in
      d????w* | d???????w*) fail "$dir can be written by others than root";;
    esac
  fi
  file=./$base
  lock=./.$base.exoscale-ssh.lock
  [ ! -e "$file" ] || [ -f "$file" ] || fail "$at is not a regular file"
  [ ! -e "$file" ] || [ -r "$file" ] || { said='Permission denied'; fail "cannot read $at"; }
`;

const MAKE_READY = script`
  # Removes what a power failure left more than a day ago.
  find . ! -name . -prune -name ".$base.exoscale-ssh.*" -mtime +0 -exec rm -rf {} + 2>/dev/null
  [ -w . ] || put denied
  # A file in an append-only directory (chattr +a) could not be removed again.
  case $(lsattr -d . 2>/dev/null) in
    *a*' .') fail "$dir is append-only: Operation not permitted";;
  esac
  stage=./.$base.exoscale-ssh.$nonce
  try "cannot write in $dir" mkdir "$stage"
  said=$({ cat >"$stage/all"; } 2>&1) || fail "cannot write in $dir"
  # If the size differs, the connection ended early.
  [ "$(($(wc -c <"$stage/all")))" -eq "$((old + new))" ] || fail "the upload is not complete"
  # From a file, dd reads the full block at once.
  said=$({
    { [ "$old" = 0 ] || dd bs="$old" count=1; } >"$stage/old" && cat >"$stage/content"
  } 2>&1 <"$stage/all") || fail "cannot write in $dir"
  rm "$stage/all"
  [ "$(($(wc -c <"$stage/content")))" -eq "$new" ] || fail "cannot write in $dir"
`;

// Not every host has cmp; od can do the same.
const COMPARE = script`
  same() {
    if [ "$kind" = new ]; then
      [ ! -e "$file" ] && [ ! -h "$file" ]
    elif [ ! -f "$file" ] || [ -h "$file" ]; then
      false
    elif command -v cmp >/dev/null 2>&1; then
      cmp -s "$stage/old" "$file"
    else
      [ "$(od -An -v -tx1 <"$stage/old")" = "$(od -An -v -tx1 <"$file")" ]
    fi
  }
  same || finish changed
`;

const PREPARE_FILE = script`
  # Mode and owner; and the group, unless it has the same rights as everybody.
  about() {
    set -- $(ls -ldn "$1")
    case $1 in
      ????------* | ????r--r--*) printf '%s' "$1 $3";;
      *) printf '%s' "$1 $3 $4";;
    esac
  }
  if [ "$kind" = old ]; then
    try "cannot copy $at" cp -p "$file" "$stage/new"
    chcon --reference="$file" "$stage/new" >/dev/null 2>&1
    closed=
    [ -w "$stage/new" ] || { closed=1; chmod u+w "$stage/new"; }
  fi
  said=$({ cat "$stage/content" >"$stage/new"; } 2>&1) || fail "cannot write in $dir"
  if [ "$kind" = old ]; then
    [ -z "$closed" ] || chmod u-w "$stage/new"
    [ "$(about "$file")" = "$(about "$stage/new")" ] || fail "$at would not keep its owner, group and rights"
  elif [ -n "$public" ]; then
    chmod 644 "$stage/new"
  fi
  flush "$stage/new"
`;

const LOCK = script`
  # The holder of the lock: its owner, the time, and its content. In ASCII, so that it comes back unchanged.
  holder() {
    set -- $(ls -ld "$lock" 2>/dev/null) $(ls -A "$lock" 2>/dev/null)
    printf '%s' "\${3:+$3 since $6 $7 $8}\${10:+ (\${10})}" | tr -c ' -~' '?'
  }
  locked() {
    put by "$(holder)"
    finish locked
  }
  take_lock() {
    # Set before mkdir, so that a signal handler sees it.
    held=1
    said=$(mkdir "$lock" 2>&1) && return
    held=
    case $said in
      *exists*) return 1;;
      *) fail "cannot lock $at";;
    esac
  }
  if ! take_lock; then
    [ -n "$stale" ] && [ "$(holder)" = "$stale" ] || locked
    # A directory that is not writable cannot be moved.
    [ -h "$lock" ] || chmod u+rwx "$lock" 2>/dev/null
    if ! said=$(mv "$lock" "$stage/stale" 2>&1) && [ "$(holder)" = "$stale" ]; then
      fail "a lock is left and cannot be broken, remove $dir/\${lock#./}"
    fi
    take_lock || locked
  fi
  try "cannot lock $at" mv "$stage/new" "$lock/$nonce"
  same || finish changed
`;

const REPLACE = script`
  # A rename cannot replace a mount point. One write of a shorter text is the next best.
  write_in_place() {
    [ "$kind" = old ] && [ "$new" -le "$old" ] || fail "cannot replace $at, nor let it grow in place"
    if [ "$new" = 0 ]; then
      said=$({ : >"$file"; } 2>&1) || fail "cannot write $at"
    else
      said=$(dd if="$lock/$nonce" of="$file" bs="$new" conv=notrunc 2>&1) &&
        said=$(dd if=/dev/null of="$file" bs="$new" seek=1 count=0 2>&1) || put_back
    fi
    put in-place
    flush "$file"
  }
  put_back() {
    why=$said
    dd if="$stage/old" of="$file" bs="$old" conv=notrunc 2>/dev/null
    said=$why
    fail "cannot write $at"
  }
  if ! said=$(mv -f "$lock/$nonce" "$file" 2>&1); then
    # Another run has taken over the lock, and edits now.
    [ -e "$lock/$nonce" ] || locked
    case \${said##*: } in
      *busy*) write_in_place;;
      *) fail "cannot replace $at";;
    esac
  fi
  made=
  # A new file gets the label of its directory; an old one has kept its own.
  [ "$kind" = old ] || { restorecon "$dir" "$file" >/dev/null 2>&1; }
  flush .
  put bytes
  cat "$file"
  finish written
`;

/**
 * Writes `$path` if it has the expected bytes. Standard input has the expected bytes (`$old` of them), then the new
 * ones (`$new`). `$kind` is `new` if no file is expected, else `old`; `$home` is the account's; `$stale` names the
 * holder of a lock that may be broken; `$public` is set if another account reads a file that root writes.
 */
export const REPLACE_FILE = [
  BEGIN,
  CHECK_PATH_OF_ROOT,
  GO_TO_DIRECTORY,
  MAKE_READY,
  COMPARE,
  PREPARE_FILE,
  LOCK,
  REPLACE,
].join("\n");
