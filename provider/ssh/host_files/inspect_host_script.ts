import { script } from "./shell_text";

/**
 * Puts the session's account, which of `$users` exist, and how to become another account. Then it starts the next
 * script as root, or as itself if it cannot.
 */
export const INSPECT_HOST = script`
  # getent knows every account. Without getent, /etc/passwd may have it, and then the shell may know it.
  passwd_line() {
    if command -v getent >/dev/null 2>&1; then
      getent passwd "$1" 2>/dev/null
      return
    fi
    while IFS= read -r line; do
      case $line in "$1":*) printf '%s' "$line"; return;; esac
    done </etc/passwd
    case $1 in
      *[!A-Za-z0-9._-]*) ;;
      *) number=$(id -u "$1" 2>/dev/null) && eval "home=~$1" && printf '%s' "$1:x:$number:::$home";;
    esac
  }
  # Names with blanks, as a domain has them, cannot be told apart: then nothing is known.
  group_names() {
    set -- $(id -G "$1" 2>/dev/null) - $(id -Gn "$1" 2>/dev/null)
    numbers=0
    while [ $# -gt 0 ] && [ "$1" != - ]; do
      numbers=$((numbers + 1))
      shift
    done
    shift
    [ $# -ne "$numbers" ] || printf '%s' "$*"
  }
  own=$(id -u)
  name=$(id -un)
  put login "$(passwd_line "$name")"
  put self "$name:x:$own:::$HOME"
  for user in $users; do
    put account "$(passwd_line "$user")"
    put groups "$(group_names "$user")"
  done

  # Root needs no permission.
  become=
  [ "$own" = 0 ] && ways='su sudo doas' || ways='sudo doas'
  for way in $ways; do
    command -v "$way" >/dev/null 2>&1 || continue
    if [ "$own" = 0 ] || said=$("$way" -n -u root -- /bin/sh -c : 2>&1 </dev/null); then
      become=$way
      break
    fi
    put refusal "$said"
  done
  put become "$become"
  [ "$own" = 0 ] || [ -z "$become" ] || exec "$become" -n -u root -- /bin/sh -c "$loader" sh $SSH_CONNECTION
  exec /bin/sh -c "$loader" sh $SSH_CONNECTION
`;

/** Asks sshd for its settings for each of `$users`, for a client with the session's address. */
export const ASK_SSHD = script`
  # As in SSH_CONNECTION: the client's address and port, the server's address and port.
  client=host=\${1:-127.0.0.1},addr=\${1:-127.0.0.1},laddr=\${3:-127.0.0.1},lport=\${4:-22}
  refusal=
  sshd=$(command -v sshd) || refusal='sshd: not found'
  for user in $users; do
    [ -n "$sshd" ] && id -u "$user" >/dev/null 2>&1 || continue
    if settings=$("$sshd" -T -C "user=$user,$client" 2>/dev/null); then
      put user "$user"
      put settings "$settings"
    else
      refusal=$("$sshd" -T -C "user=$user,$client" 2>&1 >/dev/null)
    fi
  done
  put sshd-refusal "$refusal"
`;

/**
 * Puts the configuration of sshd without its comments and carriage returns, and with all readable included files in
 * place. The comments in it are for authorized_keys/sshd_config_text.ts: what was not read, and where an included file
 * begins and ends.
 */
export const SHOW_SSHD_CONFIG = script`
  not_read() {
    printf '# Not read: %s\n' "$1"
  }
  cr=$(printf '\r')
  # A subshell, so that every file has variables of its own.
  show() (
    depth=$((depth + 1))
    [ "$depth" -le 16 ] || exit
    [ -r "$1" ] || { not_read "$1"; exit; }
    while IFS= read -r line || [ -n "$line" ]; do
      line=\${line%"$cr"}
      set -- $line
      case $1 in
        [Ii][Nn][Cc][Ll][Uu][Dd][Ee])
          shift
          include "$@"
          continue;;
        \#*) continue;;
      esac
      printf '%s\n' "$line"
    done <"$1"
  )
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
    found=
    set +f
    IFS=
    for file in $pattern; do
      set -f
      unset IFS
      [ -e "$file" ] || continue
      found=1
      printf '# Included file\n'
      show "$file"
      printf '# End of the included file\n'
    done
    set -f
    unset IFS
    [ -n "$found" ] || unlisted "$pattern"
  }
  # No match in a directory that cannot be listed says nothing about its content.
  unlisted() {
    above=\${1%%[*?[]*}
    above=\${above%/*}/
    case $(ls -d "$above." 2>&1 >/dev/null) in
      *'No such file'*) ;;
      '') [ -r "$above" ] && [ -x "$above" ] || not_read "$1";;
      *) not_read "$1";;
    esac
  }
  # sshd says which file it reads: openSUSE has it below /usr/etc, a second installation below /usr/local or /opt.
  config=/etc/ssh/sshd_config
  if [ -n "$sshd" ]; then
    named=$("$sshd" -T -ddd 2>&1 >/dev/null | sed -n 's/^debug2: load_server_config: filename //p')
    named=\${named%%"$cr"*}
    case $named in /*) config=$named;; esac
  fi
  if [ -r "$config" ]; then
    depth=0
    put config
    show "$config"
  fi
  put end
`;
