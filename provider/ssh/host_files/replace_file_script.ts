import { FOLLOW } from "./read_script";
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

/** The texts are in the variables `$before` and `$after`. Not every host has cmp; od can do the same. */
const FROM_TEXT = script`
  has_before() {
    if command -v cmp >/dev/null 2>&1; then
      write "$before" | cmp -s - "$file"
    else
      [ "$(write "$before" | od -An -v -tx1)" = "$(od -An -v -tx1 <"$file")" ]
    fi
  }
  # In case of failure a program says why. Shells do not.
  write_after() {
    write "$after" >"$1" 2>/dev/null && said= && return
    said=$({ write "$after" 2>/dev/null | cat >"$1"; } 2>&1)
  }
  put_back() {
    write "$before" | dd of="$file" bs="$old" conv=notrunc 2>/dev/null
  }
`;

/** Standard input has both texts: `$old` bytes, then `$new`. */
const FROM_UPLOAD = script`
  make_stage
  said=$({ cat >"$stage/all"; } 2>&1) || fail "cannot write in $dir"
  # If the size differs, the connection ended early.
  [ "$(($(wc -c <"$stage/all")))" -eq "$((old + new))" ] || fail "the upload is not complete"
  # From a file, dd reads the full block at once.
  said=$({
    { [ "$old" = 0 ] || dd bs="$old" count=1; } >"$stage/old" && cat >"$stage/content"
  } 2>&1 <"$stage/all") || fail "cannot write in $dir"
  rm "$stage/all"
  [ "$(($(wc -c <"$stage/content")))" -eq "$new" ] || fail "cannot write in $dir"
  has_before() {
    if command -v cmp >/dev/null 2>&1; then
      cmp -s "$stage/old" "$file"
    else
      [ "$(od -An -v -tx1 <"$stage/old")" = "$(od -An -v -tx1 <"$file")" ]
    fi
  }
  write_after() {
    said=$({ cat "$stage/content" >"$1"; } 2>&1)
  }
  put_back() {
    dd if="$stage/old" of="$file" bs="$old" conv=notrunc 2>/dev/null
  }
`;

const LOCK = script`
  # Whether the file is of the expected kind, and its content may be the expected one.
  is_there() {
    if [ "$kind" = new ]; then
      [ ! -e "$file" ] && [ ! -h "$file" ]
    else
      [ -f "$file" ] && [ ! -h "$file" ]
    fi
  }
  same() {
    is_there && { [ "$kind" = new ] || has_before; }
  }
  is_there || finish changed
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
      *) fail "cannot write in $dir";;
    esac
  }
  if ! take_lock; then
    same || finish changed
    [ -n "$stale" ] && [ "$(holder)" = "$stale" ] || locked
    [ -n "$stage" ] || make_stage
    # A directory that is not writable cannot be moved.
    [ -h "$lock" ] || chmod u+rwx "$lock" 2>/dev/null
    if ! said=$(mv "$lock" "$stage/stale" 2>&1) && [ "$(holder)" = "$stale" ]; then
      fail "a lock is left and cannot be broken, remove $dir/\${lock#./}"
    fi
    take_lock || locked
  fi
`;

const PREPARE_FILE = script`
  # Mode and owner, and the group, unless it has the same rights as everybody: in $about. The size: in $size.
  measure() {
    size=$5
    case $1 in
      ????------* | ????r--r--*) about="$1 $3";;
      *) about="$1 $3 $4";;
    esac
  }
  # Whether the new file has the owner, the group and the rights of the old one, and its whole content.
  is_like_old() {
    about_new= size_new= about_old=
    case $base in
      *"$line_end"*)
        measure $(ls -ldn "$made_file")
        about_new=$about size_new=$size
        measure $(ls -ldn "$file")
        about_old=$about;;
      *)
        listed=$(ls -ldn "$file" "$made_file")
        IFS=$line_end
        for each in $listed; do
          unset IFS
          measure $each
          case $each in
            *" $made_file") about_new=$about size_new=$size;;
            *" $file") about_old=$about;;
          esac
        done
        unset IFS;;
    esac
    [ "$size_new" = "$new" ] || fail "cannot write in $dir"
    [ -n "$about_old" ] && [ "$about_old" = "$about_new" ]
  }
  made_file=$lock/$nonce
  closed=
  if [ "$kind" = old ]; then
    try "cannot copy $at" cp -p "$file" "$made_file"
    # Where SELinux is off, there are no labels.
    [ ! -e /sys/fs/selinux/enforce ] || chcon --reference="$file" "$made_file" >/dev/null 2>&1
    [ -w "$made_file" ] || { closed=1; chmod u+w "$made_file"; }
  fi
  write_after "$made_file" || fail "cannot write in $dir"
  if [ "$kind" = old ]; then
    [ -z "$closed" ] || chmod u-w "$made_file"
    is_like_old || fail "$at would not keep its owner, group and rights"
  elif [ -n "$public" ]; then
    chmod 644 "$made_file"
  fi
  flush "$made_file"
  same || finish changed
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
