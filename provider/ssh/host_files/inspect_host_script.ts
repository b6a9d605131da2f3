import { READ } from "./read_script";
import { script } from "./shell_text";
import { SHOW_SSHD_CONFIG } from "./sshd_config_script";

/** The files that sshd reads by default, below the home of an account. */
export const usualFiles = [".ssh/authorized_keys", ".ssh/authorized_keys2"] as const;

/** Puts the session's account, and which of `$users` exist. */
const FIND_ACCOUNTS = script`
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
  # The line of an account: in $line. Most programs called getent take several names at once.
  find_line() {
    case "$line_end$lines" in
      *"$line_end$1:"*)
        line=$line_end$lines
        line=$1:\${line#*"$line_end$1:"}
        line=\${line%%"$line_end"*};;
      *) line=$(passwd_line "$1");;
    esac
  }
  # As in uid=1000(debian) gid=1000(debian); without the name if the host does not know it.
  said=$(id)
  said=\${said%%' gid='*}
  own=\${said#uid=}
  own=\${own%%'('*}
  name=$own
  case $said in
    *'('*')') name=\${said#*'('} name=\${name%')'};;
  esac
  case $own in '' | *[!0-9]*) own=$(id -u) name=$(id -un);; esac
  lines=
  if command -v getent >/dev/null 2>&1; then
    lines=$(getent passwd "$name" $users 2>/dev/null)
  fi
  find_line "$name"
  put login "$line"
  put self "$name:x:$own:::$HOME"
  present= home= home_of_root=
  for user in $users; do
    find_line "$user"
    put account "$line"
    case $line in "$user":*) present="$present $user";; esac
    case $line in
      "$name":*)
        home=\${line#*:*:*:*:*:}
        home=\${home%%:*};;
      root:*:0:*)
        home_of_root=\${line#*:*:*:*:*:}
        home_of_root=\${home_of_root%%:*};;
    esac
  done
`;

/** Defines `usual USER HOME`, which puts the files that sshd reads by default. Only an account itself may call it. */
const READ_USUAL = script`
  ${READ}
  usual() {
    case $reading$2 in 1/*) ;; *) return;; esac
    home=$2
    while :; do
      case $home in */) home=\${home%/};; *) break;; esac
    done
    put usual "$1"
    ${usualFiles.map((path) => `file "$home/${path}"`).join("; ")}
    put end-of-usual
  }
`;

/** Asks sshd for its settings for the first of `$present`, for a client with the session's address. */
const ASK_SSHD = script`
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
const ASK_SSHD_ABOUT_OTHERS = script`
  # Names with blanks, as a domain has them, cannot be told apart: then nothing is known.
  group_names() {
    set -- $(id -G "$1" 2>/dev/null) - $(id -Gn "$1" 2>/dev/null)
    numbers=0
    while [ $# -gt 0 ] && [ "$1" != - ]; do
      numbers=$((numbers + 1))
      shift
    done
    shift
    [ $# -ne "$numbers" ] || write "$*"
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

/**
 * What root knows best: the settings of sshd, and root's own files. `$by` is the program that made it root; empty if it
 * runs in the shell of the session. The status 91 says that it ran to its end.
 */
export const INSPECT_AS_ROOT = [
  script`
  cr='${"\r"}'
  [ -z "$by" ] || put begun "$by"
  `,
  READ_USUAL,
  script`
  [ -z "$by" ] || usual root "$home_of_root"
  `,
  ASK_SSHD,
  SHOW_SSHD_CONFIG,
  ASK_SSHD_ABOUT_OTHERS,
  script`
  if [ -n "$by" ]; then
    put ended
    exit 91
  fi
  `,
].join("\n");

/**
 * Runs `$as_root` as root, or as itself if it cannot become root. What refuses says why on standard error, behind
 * `refusal`.
 */
const BECOME_ROOT = script`
  case $home_of_root in *\'*) home_of_root=;; esac
  become= by=
  # Root needs no permission.
  [ "$own" = 0 ] && ways='su sudo doas' || ways='sudo doas'
  for way in $ways; do
    command -v "$way" >/dev/null 2>&1 || continue
    if [ "$own" != 0 ]; then
      write "\${nonce}refusal=" >&2
      write "by=$way present='$present' home_of_root='$home_of_root'$line_end$as_root$line_end" 2>/dev/null |
        "$way" -n -u root -- /bin/sh -s $SSH_CONNECTION
      [ $? = 91 ] || continue
    fi
    become=$way
    break
  done
  put become "$become"
  if [ "$own" = 0 ] || [ -z "$become" ]; then
    set -- $SSH_CONNECTION
    eval "$as_root"
  fi
  put end
`;

/**
 * Puts the session's account, which of `$users` exist, and how to become another account; then what INSPECT_AS_ROOT
 * finds. `$as_root` is that script. If `$reading` is 1, the usual files of the session's account and of root are read
 * too, each by its account.
 */
export const INSPECT_HOST = [
  FIND_ACCOUNTS,
  READ_USUAL,
  script`
  case " $present " in *" $name "*) usual "$name" "$home";; esac
  `,
  BECOME_ROOT,
].join("\n");
