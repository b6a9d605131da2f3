import { script } from "./shell_text";

/** Asks sshd for its settings for the first of `$present`, for a client with the session's address. */
export const ASK_SSHD = script`
  # As in SSH_CONNECTION: the client's address and port, the server's address and port.
  client=host=\${1:-127.0.0.1},addr=\${1:-127.0.0.1},laddr=\${3:-127.0.0.1},lport=\${4:-22}
  # sshd wants to be called by its whole path.
  sshd=
  IFS=:
  for each in $PATH; do
    case $each in /*) [ -n "$sshd" ] || [ ! -x "$each/sshd" ] || sshd=$each/sshd;; esac
  done
  unset IFS
  # It also says which file it reads: openSUSE has it below /usr/etc, a second installation below /usr/local or /opt.
  ask() {
    put user "\${1-}"
    put settings
    [ $# -eq 0 ] || set -- -C "user=$1,$client"
    send
    { said=$("$sshd" -T -ddd "$@" 2>&1 >&3); } 3>&1
    status=$?
    put status "$status"
    [ "$status" = 0 ] || put refused "\${said##*"$line_end"debug}"
    case $said in
      *'debug2: load_server_config: filename '*)
        named=\${said#*'debug2: load_server_config: filename '}
        named=\${named%%"$line_end"*}
        named=\${named%%"$cr"*};;
    esac
  }
  named= asked=
  if [ -n "$sshd" ]; then
    for user in $present; do asked=\${asked:-$user}; done
    ask $asked
  else
    put no-sshd
  fi
`;

/**
 * Asks sshd about the others of `$present`. Without a Match line it has the same settings for all of them; a file that
 * cannot be read may have one. The names of groups, too, matter to Match lines only.
 */
export const ASK_SSHD_ABOUT_OTHERS = script`
  # Names with blanks, as a domain has them, cannot be told apart: then nothing is known.
  group_names() {
    set -- $(id -G "$1" 2>/dev/null) - $(id -Gn "$1" 2>/dev/null)
    numbers=0
    while [ $# -gt 0 ] && [ "$1" != - ]; do
      numbers=$((numbers + 1))
      shift
    done
    shift
    [ $# -ne "$numbers" ] || show "$*"
  }
  for user in $present; do
    if [ -n "$varies" ]; then
      put member "$user"
      put groups "$(group_names "$user")"
    fi
    [ -n "$sshd" ] && [ "$user" != "$asked" ] || continue
    if [ -n "$varies" ]; then
      ask "$user"
    else
      put user "$user"
      put same-as "$asked"
    fi
  done
`;
