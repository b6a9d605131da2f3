import { script } from "./shell_text";

/**
 * If it runs as root, fails unless every directory and link in `$path` belongs to root alone: another owner could lead
 * root to any other file. Needs `fail`.
 */
export const CHECK_PATH_OF_ROOT = script`
  # A part that does not exist leads nowhere. In a sticky directory like /tmp nobody else can remove root's files.
  roots_alone() {
    [ -e "$1" ] || [ -h "$1" ] || return
    set -- "$1" $(ls -ldn "$1")
    [ "$4" = 0 ] || fail "$1 does not belong to root, so root does not edit a file below it"
    case $2 in
      d????????[tT]*) ;;
      d????w* | d???????w*) fail "$1 can be written by others than root";;
    esac
  }
  # Checks every directory and every link in the path. It does not check the file, which may belong to its account, nor
  # the root directory: its owner owns everything, and in a container it may show no owner.
  check_way() {
    rest=$1 way= hops=0
    while [ -n "$rest" ]; do
      part=\${rest%%/*}
      case $rest in */*) rest=\${rest#*/};; *) rest=;; esac
      case $part in
        '' | .) ;;
        ..) way=\${way%/*};;
        *)
          if [ -h "$way/$part" ]; then
            roots_alone "$way/$part"
            hops=$((hops + 1))
            [ "$hops" -le 40 ] || fail "cannot open $path: Too many levels of symbolic links"
            to=$(readlink "$way/$part" && echo /)
            to=\${to%??}
            rest=$to\${rest:+/$rest}
            case $to in /*) way=;; esac
          else
            way=$way/$part
            [ -z "$rest" ] || roots_alone "$way"
          fi;;
      esac
    done
  }
  [ "$(id -u)" != 0 ] || check_way "$path"
`;
