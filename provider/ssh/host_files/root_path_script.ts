import { script } from "./shell_text";

/**
 * Where it runs as root, fails unless every directory and link on the way to `$path` is root's alone: whoever else has one
 * could lead root to any other file. Needs `fail`.
 */
export const CHECK_PATH_OF_ROOT = script`
  # What is not there is no way either. Of a directory like /tmp nobody takes away what is root's.
  roots_alone() {
    [ -e "$1" ] || [ -h "$1" ] || return
    set -- "$1" $(ls -ldn "$1")
    [ "$4" = 0 ] || fail "$1 does not belong to root, who does not edit where others lead"
    case $2 in
      d????????[tT]*) ;;
      d????w* | d???????w*) fail "$1 can be written by others than root";;
    esac
  }
  # Every directory and every link on the way to the file. Not the file, which may be its account's, and not the root
  # directory: to whom that belongs, all does, and in a container it may show no owner.
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
