/**
 * Programs that come first on a guest's PATH. They replace programs that would show or change the real machine.
 *
 * In a namespace the real `id` and `getent` show the guest, so their shims run the real programs. Without a namespace
 * the shims cannot change what `~root` and absolute paths mean.
 */

import { LOADED, SSH_DIRECTORY } from "./host_key_files";

/** The PATH of a guest's commands after the shims. */
export const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// Removes the shims from the PATH, for a shim that runs the real program.
const LEAVE_SHIMS = `PATH=\${PATH#*:}; export PATH`;

const id = `#!/bin/sh
name=$GUEST_USER; for word in "$@"; do case $word in -*) flags=$flags$word;; *) name=$word;; esac; done
[ -n "$GUEST_NAMESPACE" ] && { ${LEAVE_SHIMS}; exec id "$@"; }
grep -q "^$name:" "$GUEST_ROOT/etc/passwd" || { echo "id: '$name': no such user" >&2; exit 1; }
number=$(sed -n "s/^$name:x:\\([0-9]*\\):.*/\\1/p" "$GUEST_ROOT/etc/passwd")
# Files belong to the real user, so the default account keeps the real number; root must find itself to be 0.
[ "$name" = root ] || { ${LEAVE_SHIMS}; number=$(id -u); }
case $flags in
  *n*) echo "$name";;
  *u*|*g*|*G*) echo "$number";;
  *) echo "uid=$number($name) gid=$number($name) groups=$number($name)";;
esac
`;

const whoami = `#!/bin/sh
echo "$GUEST_USER"
`;

const hostname = `#!/bin/sh
echo "$GUEST_HOSTNAME"
`;

const getent = `#!/bin/sh
[ -n "$GUEST_NAMESPACE" ] && { ${LEAVE_SHIMS}; exec getent "$@"; }
[ "$1" = passwd ] || [ "$1" = group ] || exit 1
file=$GUEST_ROOT/etc/$1
sed "s|:/root:|:$GUEST_ROOT/root:|;s|:/home/|:$GUEST_ROOT/home/|" "$file" | if [ -n "$2" ]; then grep "^$2:\\|:x:$2:"; else cat; fi || exit 2
`;

// Sets `line` to the line of an account in /etc/passwd, by its name or number. It starts no process.
const findLine = `find_line() {
  while IFS= read -r line; do
    case $line in "$1":* | *:x:"$1":*) return;; esac
  done </etc/passwd
  return 1
}
`;

const askForLine = `find_line() { line=$(getent passwd "$1"); }
`;

const suWords = `user=root; shell=/bin/sh; command=
while [ $# -gt 0 ]; do
  case $1 in
    -c|--command) command=$2; shift 2;;
    -s|--shell) shell=$2; shift 2;;
    -|-l|--login|-m|-p|--) shift;;
    *) user=$1; shift; break;;
  esac
done
while [ $# -gt 0 ]; do
  case $1 in -c|--command) command=$2; shift 2;; -s|--shell) shell=$2; shift 2;; *) break;; esac
done
find_line "$user" || { echo "su: user $user does not exist" >&2; exit 1; }
`;

// All accounts of a guest have the same real owner, so only HOME and the names change.
const su = `#!/bin/sh
${askForLine}${suWords}[ "$GUEST_USER" = root ] || [ -n "$GUEST_SUDO" ] || { echo "su: Authentication failure" >&2; exit 1; }
number=$(echo "$line" | cut -d: -f3)
HOME=$(echo "$line" | cut -d: -f6) USER=$user LOGNAME=$user GUEST_USER=$user GUEST_SUDO=
export HOME USER LOGNAME GUEST_USER GUEST_SUDO
become=
[ -n "$GUEST_NAMESPACE" ] && become="unshare --user --map-user=$number --map-group=$number"
[ -n "$command" ] && exec $become "$shell" -c "$command" "$@"
exec $become "$shell" "$@"
`;

// The value of a long option, in the same word or the next one. No function: in one, dash counts words anew.
const longValue = `case $OPTARG in
      *=*) value=\${OPTARG#*=};;
      *) eval "value=\\\${$OPTIND}"; OPTIND=$((OPTIND + 1));;
    esac`;

// sudo(8). What asks, waits or keeps something needs nothing here, since no password is asked for.
const sudoWords = `user=root; shell=; only=
refuse() { echo "sudo: $1" >&2; exit 1; }
while getopts ":ABC:EHKNPST:a:c:iklnp:r:st:u:vU:V-:" option; do
  case $option in
    u) user=$OPTARG;;
    s|i) shell=$option;;
    K|k|l|v|V) only=$option;;
    [ABCEHNPSTacnprtU]) ;;
    -) case $OPTARG in
      user|user=*) ${longValue}; user=$value;;
      shell) shell=s;;
      login) shell=i;;
      remove-timestamp|reset-timestamp|validate) only=v;;
      list) only=l;;
      version) only=V;;
      prompt|prompt=*|close-from|close-from=*|command-timeout|command-timeout=*) ${longValue};;
      askpass|bell|no-update|non-interactive|preserve-env|preserve-env=*|preserve-groups|set-home|stdin) ;;
      *) refuse "--$OPTARG is not supported here";;
    esac;;
    *) refuse "-$OPTARG is not supported here";;
  esac
done
shift $((OPTIND - 1))
find_line "\${user#\\#}" || refuse "unknown user $user"
user=\${line%%:*}
case $only in
  l) echo "User $(id -un) may run the following commands: (ALL : ALL) NOPASSWD: ALL"; exit;;
  V) echo "Sudo of the emulator"; exit;;
  ?) [ $# -gt 0 ] || exit 0;;
esac
case $1 in [A-Za-z_]*=*) set -- env "$@";; esac
[ -z "$shell" ] || [ $# -gt 0 ] || set -- /bin/sh
[ $# -gt 0 ] || refuse "give a command"
[ "$shell" != i ] || cd "$(echo "$line" | cut -d: -f6)" || exit 1
`;

// The default account of a cloud image may use sudo for everything without a password.
const sudo = `#!/bin/sh
${askForLine}${sudoWords}number=$(echo "$line" | cut -d: -f3)
HOME=$(echo "$line" | cut -d: -f6) USER=$user LOGNAME=$user GUEST_USER=$user
export HOME USER LOGNAME GUEST_USER
if [ -n "$GUEST_NAMESPACE" ]; then exec unshare --user --map-user="$number" --map-group="$number" "$@"; fi
exec "$@"
`;

const sshd = `#!/bin/sh
case "$*" in *-T*) ;; -t*) ;; *) echo "sshd: only -T and -t are supported here" >&2; exit 1;; esac
[ "$GUEST_USER" = root ] || { echo "sshd: no hostkeys available -- exiting." >&2; exit 1; }
if [ "$1" = -t ]; then
  while [ $# -gt 0 ]; do
    [ "$1" != -h ] || ssh-keygen -y -P '' -f "$2" >/dev/null 2>&1 || { echo "Unable to load host key: $2" >&2; exit 1; }
    shift
  done
  exit 0
fi
for key in "$GUEST_ROOT"/etc/ssh/ssh_host_*_key; do echo "hostkey $key"; done
cat <<END
port 22
permitrootlogin without-password
pubkeyauthentication yes
passwordauthentication no
kbdinteractiveauthentication no
authorizedkeysfile .ssh/authorized_keys .ssh/authorized_keys2
authorizedkeyscommand none
authorizedkeyscommanduser none
authorizedprincipalscommand none
trustedusercakeys none
revokedkeys none
strictmodes yes
maxauthtries 6
END
`;

// It knows one service, by Debian's name, and loads the host keys for it (see host_key_files.ts).
const systemctl = `#!/bin/sh
case "$*" in
  'reload ssh' | 'reload ssh.service') ;;
  *) echo "Failed to $1 $2: Unit $2 not found." >&2; exit 5;;
esac
[ "$(id -u)" = 0 ] || { echo 'Failed to reload ssh.service: Access denied' >&2; exit 4; }
loaded=$GUEST_ROOT${LOADED}
rm -rf "$loaded.new"
mkdir -p "\${loaded%/*}" && mkdir -m 700 "$loaded.new" && cp -p "$GUEST_ROOT"${SSH_DIRECTORY}/ssh_host_*_key "$loaded.new" &&
  rm -rf "$loaded" && mv "$loaded.new" "$loaded"
`;

/** The shims of a guest without a real sshd, text by name. */
export const shims: Readonly<Record<string, string>> = { id, whoami, hostname, getent, su, sudo, sshd, systemctl };

// With a range of ids, users really differ: to become another one takes /run/become, a set-id copy of setpriv.
const become = `HOME=\${line%:*} USER=$user LOGNAME=$user
HOME=\${HOME##*:}
export HOME USER LOGNAME
group=\${line#*:*:*:}
set -- --reuid "$user" --regid "\${group%%:*}" --init-groups -- "$@"
exec /run/become "$@"
`;

const systemSu = `#!/bin/sh
${findLine}${suWords}[ "$(id -u)" = 0 ] || { echo "su: Authentication failure" >&2; exit 1; }
[ -n "$command" ] && set -- -c "$command" "$@"
set -- "$shell" "$@"
${become}`;

const systemSudo = `#!/bin/sh
${findLine}${sudoWords}[ -x /run/become ] || { echo "sudo: $(id -un) is not in the sudoers file" >&2; exit 1; }
PATH=${SYSTEM_PATH}; export PATH
${become}`;

/**
 * The shims of a guest with a real sshd, text by name. In its namespaces the machine's set-id programs have no effect,
 * and no init runs.
 */
export const systemShims: Readonly<Record<string, string>> = { su: systemSu, sudo: systemSudo, systemctl };
