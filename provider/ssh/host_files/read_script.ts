import { script } from "./shell_text";

/**
 * Follows the links of a path to the file: in `$at`, with `$dir` and `$base`. `$entered` is set if its directory can be
 * entered. If there are too many links, `$status` is `link-loop`, and `$why` says so. It starts no process if the path
 * has no links.
 */
export const FOLLOW = script`
  follow() {
    at=$1 hops=0 status=read why=
    while [ -h "$at" ]; do
      hops=$((hops + 1))
      if [ "$hops" -gt 40 ]; then
        at=$1 status=link-loop why='Too many levels of symbolic links'
        break
      fi
      # A path may end with a line end, which $() would remove.
      to=$(readlink "$at" && echo /)
      to=\${to%??}
      case $to in
        /*) at=$to;;
        *) at=\${at%/*}/$to;;
      esac
    done
    dir=\${at%/*} base=\${at##*/} entered=
    if cd -P "\${dir:-/}" 2>/dev/null; then
      entered=1 dir=\${PWD%/}
      at=$dir/$base
      cd /
    fi
  }
  # The status of a file that ls does not show, from what it says about that: in $why.
  explain() {
    why=\${1##*: }
    case $why in
      *'No such file'*|'Not a directory') status=missing;;
      *'oo many levels'*) status=link-loop;;
      *) status=unreadable;;
    esac
  }
`;

/** Such a file has about ten thousand keys. A larger file could delay every run. */
const MAX_BYTES = String(2 ** 20);

/** Defines `file PATH` and `files PATTERN`, which put what they find. `$content_only` spares them a process for each file. */
export const READ = script`
  ${FOLLOW}
  # The words of a line of ls: in $size. The names of an owner or a group may have blanks.
  measure() {
    case $5 in
      '' | *[!0-9]*)
        set -- $(ls -ldn "$at")
        size=\${5:-0};;
      *) size=$5;;
    esac
  }
  # Whether a listing of $dir shows that $base does not exist. Without another file in it, the listing may have failed.
  is_unlisted() {
    case $entered/$base in 1/ | 1/.* | /*) return 1;; esac
    listed=
    set +f
    IFS=
    for each in "$dir"/*; do
      case $each in
        "$at") listed=; break;;
        *) [ -n "$listed" ] || [ ! -e "$each" ] || listed=1;;
      esac
    done
    unset IFS
    set -f
    [ -n "$listed" ]
  }
  file() {
    follow "$1"
    put path "$1"
    put resolved "$at"
    if [ "$status" != read ]; then
      :
    elif [ ! -e "$at" ] && [ ! -h "$at" ] && is_unlisted; then
      status=missing why='No such file or directory'
    elif [ -n "$content_only" ] && [ -f "$at" ]; then
      about='? 0 ? ? 0'
    elif about=$(ls -ld "$at" 2>&1); then
      put about "$about"
      [ -f "$at" ] || status=not-a-file
    else
      explain "$about"
    fi
    if [ "$status" = read ]; then
      measure $about
      if [ "$size" -gt ${MAX_BYTES} ]; then
        status=unreadable why="it has $size bytes, more than the ${MAX_BYTES} that are read"
        put too-large
      fi
    fi
    if [ "$status" = read ]; then
      put bytes
      send
      { said=$(cat "$at" 2>&1 >&3) || status=unreadable why=\${said##*: }; } 3>&1
    fi
    put status "$status"
    put why "$why"
  }
  files() {
    found=
    set +f
    IFS=
    for name in $1; do
      set -f
      unset IFS
      # If nothing matches, the shell leaves the pattern itself.
      if [ -e "$name" ] || [ -h "$name" ]; then
        found=1
        file "$name"
      fi
    done
    set -f
    unset IFS
    [ -n "$found" ] || unlisted "$1"
  }
  # No match in a directory that cannot be listed says nothing about its content.
  unlisted() {
    above=\${1%%[*?[]*}
    above=\${above%/*}
    follow "$above/."
    [ "$status" != read ] || said=$(ls -d "$at" 2>&1 >/dev/null) || explain "$said"
    [ "$status" != missing ] || return
    [ "$status" != read ] || [ ! -r "$above/" ] || return
    put path "$1"
    put resolved "$1"
    put status unreadable
    put why "\${why:-Permission denied}"
  }
`;
