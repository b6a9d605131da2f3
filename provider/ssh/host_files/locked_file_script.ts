import { script } from "./shell_text";

/** Takes the lock of a file, if the file may have the expected text. Defines `same`, whether it has. */
export const LOCK = script`
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

/** Makes the new file in the directory of the lock: with the rights of the old one, and on disk. */
export const PREPARE_FILE = script`
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
      *[!A-Za-z0-9._-]*)
        # Some programs show such a name in another way.
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
  # From now on the lock is not empty: who takes it over takes this file away.
  made_file=$lock/$nonce
  show '' 2>/dev/null >"$made_file" || fail "cannot write in $dir"
  closed=
  if [ "$kind" = old ]; then
    [ -e "$made_file" ] || locked
    try "cannot copy $at" cp -p "$file" "$made_file"
    # Where SELinux is off, there are no labels.
    [ ! -e /sys/fs/selinux/enforce ] || chcon --reference="$file" "$made_file" >/dev/null 2>&1
    [ -w "$made_file" ] || { closed=1; chmod u+w "$made_file"; }
  fi
  [ -e "$made_file" ] || locked
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
