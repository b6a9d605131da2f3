import { script } from "./shell_text";

/**
 * Puts the configuration of sshd without its comments and carriage returns, and with all readable included files in
 * place. The comments in it are for authorized_keys/sshd_config_text.ts: what was not read, and where an included file
 * begins and ends. `$named` is the file, if sshd says it.
 *
 * Sets `$varies` unless all of it was read and it has no Match line. It starts no process, so every variable is shared
 * by all files that include each other.
 */
export const SHOW_SSHD_CONFIG = script`
  not_read() {
    varies=1
    write "# Not read: $1$line_end"
  }
  show_config() {
    [ "$depth" -lt 16 ] || return 0
    [ -r "$1" ] || { not_read "$1"; return 0; }
    depth=$((depth + 1))
    while IFS= read -r line || [ -n "$line" ]; do
      line=\${line%"$cr"}
      set -- $line
      case \${1-} in
        [Ii][Nn][Cc][Ll][Uu][Dd][Ee])
          shift
          include "$@"
          continue;;
        \#*) continue;;
      esac
      # sshd also takes Include=FILE, which is not read here.
      case $line in *[Mm][Aa][Tt][Cc][Hh]* | *[Ii][Nn][Cc][Ll][Uu][Dd][Ee]*) varies=1;; esac
      write "$line$line_end"
    done <"$1"
    depth=$((depth - 1))
  }
  # A name in quotes may have blanks. What is quoted in another way is not read, and the text says so.
  include() {
    odd=
    for pattern do
      case $pattern in
        \"*\") ;;
        *[\"\'\\]*) odd=1;;
      esac
    done
    case \${odd:-0}$* in
      1\"*\"*\"*) not_read "$*";;
      1\"*\") show_all "$*";;
      1*) not_read "$*";;
      *) for pattern do show_all "$pattern"; done;;
    esac
  }
  show_all() {
    pattern=\${1#\"}
    pattern=\${pattern%\"}
    case $pattern in /*) ;; *) pattern=/etc/ssh/$pattern;; esac
    set -- "$pattern"
    found=
    set +f
    IFS=
    for file in $pattern; do
      set -f
      unset IFS
      [ -e "$file" ] || continue
      write "# Included file$line_end"
      show_config "$file"
      write "# End of the included file$line_end"
      found=1
    done
    set -f
    unset IFS
    [ -n "$found" ] || unlisted_include "$1"
  }
  # No match in a directory that cannot be listed says nothing about its content.
  unlisted_include() {
    above=\${1%%[*?[]*}
    above=\${above%/*}/
    case $(ls -d "$above." 2>&1 >/dev/null) in
      *'No such file'*) ;;
      '') [ -r "$above" ] && [ -x "$above" ] || not_read "$1";;
      *) not_read "$1";;
    esac
  }
  config=/etc/ssh/sshd_config
  case $named in /*) config=$named;; esac
  varies=1
  if [ -r "$config" ]; then
    depth=0 varies=
    put config
    show_config "$config"
  fi
  [ -n "$named" ] || varies=1
`;
