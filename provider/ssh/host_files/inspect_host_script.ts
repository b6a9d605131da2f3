import { ASK_SSHD, ASK_SSHD_ABOUT_OTHERS } from "./ask_sshd_script";
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
    content_only=
    put usual "$1"
    ${usualFiles.map((path) => `file "$home/${path}"`).join("; ")}
    put end-of-usual
  }
`;

/**
 * What root knows best: the settings of sshd, and root's own files. `$by` is the program that made it root; empty if it
 * runs in the shell of the session. The status 91 says that it ran to its end.
 */
export const INSPECT_AS_ROOT = [
  script`
  cr='${"\r"}'
  if [ -n "$by" ]; then
    put begun "$by"
    send
  fi
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
    send
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
      send
      show "\${nonce}refusal=" >&2
      show "by=$way present='$present' home_of_root='$home_of_root'$line_end$as_root$line_end" 2>/dev/null |
        "$way" -n -u root -- /bin/sh -s $SSH_CONNECTION
      [ $? = 91 ] || continue
    fi
    become=$way
    break
  done
  put become "$become"
  if [ "$own" = 0 ] || [ -z "$become" ]; then
    set -- $SSH_CONNECTION
    send
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
