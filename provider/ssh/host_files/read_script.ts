import { script } from "./shell_text";

/**
 * Follows the links of a path to the file: in `$at`, with `$dir` and `$base`. If it cannot, `$status` is not `read`,
 * and `$why` has the host's own words.
 */
export const RESOLVE = script`
  resolve() {
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
    dir=\${at%/*} base=\${at##*/}
    real=$(cd -P "\${dir:-/}" 2>/dev/null && pwd -P) && dir=\${real%/} at=$dir/$base
    [ "$status" = read ] || return
    said=$(ls -d "$at" 2>&1 >/dev/null) && return
    why=\${said##*: }
    case $why in
      *'No such file'*|'Not a directory') status=missing;;
      *'oo many levels'*) status=link-loop;;
      *) status=unreadable;;
    esac
  }
`;

/** Such a file has about ten thousand keys. A larger file could delay every run. */
const MAX_BYTES = String(2 ** 20);

/** Defines `file PATH` and `files PATTERN`, which put what they find. */
export const READ = script`
  ${RESOLVE}
  size_of() {
    set -- $(ls -ldn "$1")
    printf '%s' "\${5:-0}"
  }
  file() {
    resolve "$1"
    put path "$1"
    put resolved "$at"
    if [ "$status" = read ]; then
      put about "$(ls -ld "$at")"
      [ -f "$at" ] || status=not-a-file
    fi
    if [ "$status" = read ]; then
      size=$(size_of "$at")
      if [ "$size" -gt ${MAX_BYTES} ]; then
        status=unreadable why="it has $size bytes, more than the ${MAX_BYTES} that are read"
        put too-large
      fi
    fi
    if [ "$status" = read ]; then
      put bytes
      { said=$(cat "$at" 2>&1 >&3) || status=unreadable why=\${said##*: }; } 3>&1
    fi
    put status "$status"
    put why "$why"
  }
  files() {
    found=
    set +f
    IFS=
    for each in $1; do
      set -f
      unset IFS
      # If nothing matches, the shell leaves the pattern itself.
      if [ -e "$each" ] || [ -h "$each" ]; then
        found=1
        file "$each"
      fi
    done
    [ -n "$found" ] || unlisted "$1"
  }
  # No match in a directory that cannot be listed says nothing about its content.
  unlisted() {
    above=\${1%%[*?[]*}
    above=\${above%/*}
    resolve "$above/."
    [ "$status" != missing ] || return
    [ "$status" != read ] || [ ! -r "$above/" ] || return
    put path "$1"
    put resolved "$1"
    put status unreadable
    put why "\${why:-Permission denied}"
  }
`;
