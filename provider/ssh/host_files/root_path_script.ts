import { script } from "./shell_text";

/**
 * If it runs as root, fails unless every directory and link in `$path` belongs to root alone: another owner could lead
 * root to any other file. `$uid` is the account's. Needs `fail`; sets `$sticky` if one of the directories is sticky.
 */
export const CHECK_PATH_OF_ROOT = script`
  # Puts every directory and every link in the path into the arguments, and calls roots_alone with them. It leaves out
  # the file, which may belong to its account, and the root directory: its owner owns everything, and in a container it
  # may show no owner.
  check_way() {
    rest=$1 way= hops=0
    shift
    while [ -n "$rest" ]; do
      part=\${rest%%/*}
      case $rest in */*) rest=\${rest#*/};; *) rest=;; esac
      case $part in
        '' | .) ;;
        ..) way=\${way%/*};;
        *)
          if [ -h "$way/$part" ]; then
            set -- "$@" "$way/$part"
            hops=$((hops + 1))
            [ "$hops" -le 40 ] || fail "cannot open $path: Too many levels of symbolic links"
            to=$(readlink "$way/$part" && echo /)
            to=\${to%??}
            rest=$to\${rest:+/$rest}
            case $to in /*) way=;; esac
          else
            way=$way/$part
            # A part that does not exist leads nowhere.
            [ -z "$rest" ] || [ ! -e "$way" ] || set -- "$@" "$way"
          fi;;
      esac
    done
    [ $# -eq 0 ] || roots_alone "$@"
  }
  # One call of ls tells about all of them, unless a name has a line end.
  roots_alone() {
    case $* in
      *"$line_end"*)
        for each do judge "$each" $(ls -ldn "$each"); done
        return;;
    esac
    listed=$(ls -ldn "$@" 2>/dev/null) || fail "cannot open $path"
    lines=0
    IFS=$line_end
    for line in $listed; do
      unset IFS
      lines=$((lines + 1))
      name=/\${line#*' /'}
      judge "\${name%%' -> '*}" $line
    done
    unset IFS
    [ "$lines" -eq $# ] || fail "cannot open $path"
  }
  # In a sticky directory like /tmp nobody else can remove root's files.
  judge() {
    [ "$4" = 0 ] || fail "$1 does not belong to root, so root does not edit a file below it"
    case $2 in
      d????????[tT]*) sticky=1;;
      d????w* | d???????w*) fail "$1 can be written by others than root";;
    esac
  }
  sticky=
  [ "$uid" != 0 ] || check_way "$path"
`;
