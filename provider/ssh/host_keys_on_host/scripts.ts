import { script } from "../host_files/shell_text";

/*
 * Scripts that run as root, with a directory `$stage` beside the host keys. It holds the new keys before they are in
 * use, and keeps the old ones until a new connection has shown a new key. MAKE_KEYS continues an interrupted run.
 */

const BEGIN = script`
  line_end='
  '
  fail() {
    said=\${said%%"$line_end"*}
    put reason "$1\${said:+: $said}"
    put end
    exit 0
  }
  said=
  sshd=$(command -v sshd) || fail 'there is no sshd in PATH'
  command -v ssh-keygen >/dev/null 2>&1 || fail 'there is no ssh-keygen in PATH'
  settings=$("$sshd" -T 2>/dev/null </dev/null) || { said=$("$sshd" -T 2>&1 >/dev/null </dev/null); fail 'sshd -T fails'; }
  setting() {
    printf '%s\n' "$settings" | while IFS=' ' read -r name value; do
      [ "$name" != "$1" ] || printf '%s\n' "$value"
    done
  }
  # The type and the key itself. ssh-keygen rejects a private key that others may read.
  public_of() {
    set -- $(ssh-keygen -y -P '' -f "$1" 2>/dev/null </dev/null || cat "$1.pub" 2>/dev/null)
    printf '%s %s' "$1" "$2"
  }
`;

/** Makes the listening sshd read its host keys again, in the first way that the host supports. */
const RELOAD_SSHD = script`
  reload_sshd() {
    for unit in ssh sshd; do
      systemctl reload "$unit" >/dev/null 2>&1 </dev/null && return
    done
    for unit in sshd ssh; do
      service "$unit" reload >/dev/null 2>&1 </dev/null && return
    done
    file=$(setting pidfile)
    [ -r "$file" ] && read -r pid <"$file" || return
    # The pid file of a server that has ended may name any process.
    case $(cat "/proc/$pid/comm" 2>/dev/null || ps -o comm= -p "$pid" 2>/dev/null) in
      '' | *sshd*) kill -HUP "$pid" 2>/dev/null;;
    esac
  }
`;

/** Puts each of `$files`, one per line, back in its place. */
const PUT_BACK = script`
  put_back() {
    IFS=$line_end
    for file in $files; do
      base=\${file##*/}
      for each in "$base" "$base.pub"; do
        [ ! -f "$stage/old/$each" ] || mv -f "$stage/old/$each" "\${file%/*}/$each"
      done
    done
    unset IFS
  }
`;

/**
 * Generates new host keys in `$stage`, of the types that the host has. `$old` (`type base64`) is one of the old keys.
 * Puts `stage`, and for each key its `file` and its `public` half. If the files have another key already, as after an
 * interrupted run, `made` is absent and the keys are those in the files.
 */
export const MAKE_KEYS = [
  BEGIN,
  script`
  IFS=$line_end
  set -- $(setting hostkey)
  unset IFS
  found= here=
  for file do
    [ -f "$file" ] || continue
    found=\${found:-\${file%/*}}
    [ "$(public_of "$file")" != "$old" ] || here=\${file%/*}
  done
  [ -n "$found" ] || fail 'sshd names no file with a host key'
  from=\${here:-$found}
  stage=$from/.exoscale-ssh.host-keys
  put stage "$stage"
  if [ -n "$here" ]; then
    rm -rf "$stage"
    said=$(mkdir "$stage" "$stage/old" 2>&1) || fail "cannot write in $from"
    put made
  fi
  make() {
    type=\${public%% *} bits=
    case $type in
      ssh-ed25519) type=ed25519;;
      ssh-rsa) type=rsa;;
      ecdsa-sha2-nistp*) bits=\${type#ecdsa-sha2-nistp} type=ecdsa;;
      *) return 1;;
    esac
    said=$(ssh-keygen -q -t "$type" \${bits:+-b "$bits"} -N '' -C "root@$(hostname)" -f "$new" 2>&1 </dev/null) ||
      fail "cannot make a key of type $type"
    chmod 600 "$new"
    chmod 644 "$new.pub"
    chcon --reference="$file" "$new" "$new.pub" >/dev/null 2>&1
    said=$("$sshd" -t -h "$new" 2>&1 </dev/null) || fail 'sshd -t refuses the new key'
  }
  for file do
    [ -f "$file" ] && [ "\${file%/*}" = "$from" ] || continue
    public=$(public_of "$file")
    if [ -n "$here" ]; then
      new=$stage/\${file##*/}
      make || continue
      public=$(public_of "$new")
    fi
    put file "$file"
    put public "$public"
  done
  put end
`,
].join("\n");

/** Replaces each of `$files` by its new key with a rename, and makes sshd read them. */
export const EXCHANGE_KEYS = [
  BEGIN,
  RELOAD_SSHD,
  PUT_BACK,
  script`
  # If the connection ends now, the script still runs to its end.
  trap '' 1 2 13 15
  IFS=$line_end
  for file in $files; do
    base=\${file##*/}
    [ -f "$stage/$base" ] || continue
    said=$(cp -p "$file" "$stage/old/$base" 2>&1) || { put_back; fail "cannot keep $file"; }
    [ ! -f "$file.pub" ] || cp -p "$file.pub" "$stage/old/$base.pub"
    said=$(mv -f "$stage/$base" "$file" 2>&1) || { put_back; fail "cannot replace $file"; }
    mv -f "$stage/$base.pub" "$file.pub"
  done
  unset IFS
  sync
  said=$("$sshd" -t 2>&1 </dev/null) || { put_back; fail 'sshd -t refuses the new keys, and the old ones are back'; }
  reload_sshd
  put end
`,
].join("\n");

/** Puts the old keys back, and makes sshd read them. */
export const RESTORE_KEYS = [
  BEGIN,
  RELOAD_SSHD,
  PUT_BACK,
  script`
  put_back
  rm -rf "$stage"
  reload_sshd
  put end
`,
].join("\n");

/** Removes `$stage`, with the old keys in it. */
export const REMOVE_STAGE = script`
  rm -rf "$stage"
  put end
`;
