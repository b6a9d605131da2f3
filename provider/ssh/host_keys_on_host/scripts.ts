import { script } from "../host_files/shell_text";

/*
 * Three scripts, each run as root, with `$stage` beside the host keys: what is new stands there first, and what was is
 * kept there until a new connection has shown the new key. A run that dies in between is gone on with by MAKE.
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
  # The type and the key itself; of a private key that others may read ssh-keygen will know nothing.
  public_of() {
    set -- $(ssh-keygen -y -P '' -f "$1" 2>/dev/null </dev/null || cat "$1.pub" 2>/dev/null)
    printf '%s %s' "$1" "$2"
  }
`;

/** Says to the sshd that listens that its host keys are others, in the first way that the host knows. */
const TELL = script`
  tell() {
    for unit in ssh sshd; do
      systemctl reload "$unit" >/dev/null 2>&1 </dev/null && return
    done
    for unit in sshd ssh; do
      service "$unit" reload >/dev/null 2>&1 </dev/null && return
    done
    file=$(setting pidfile)
    [ -r "$file" ] && read -r pid <"$file" || return
    # The file of a server that has ended may name any process.
    case $(cat "/proc/$pid/comm" 2>/dev/null || ps -o comm= -p "$pid" 2>/dev/null) in
      '' | *sshd*) kill -HUP "$pid" 2>/dev/null;;
    esac
  }
`;

/** Puts each of `$files`, one a line, in its place again. */
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
 * Makes new host keys, of the kinds that the host has, beside the old ones, of which `$old` (`type base64`) is one. Puts
 * `stage`, and for each key its `file` and what is `public`; where another key is in the files already, as after a run
 * that died, `made` is absent and the keys are those.
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

/** Puts the new ones of `$files` in their places, each at once, and has sshd read them. */
export const EXCHANGE_KEYS = [
  BEGIN,
  TELL,
  PUT_BACK,
  script`
  # A connection that ends now does not stop this half-way.
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
  tell
  put end
`,
].join("\n");

/** Puts the old ones back, and has sshd read them. */
export const RESTORE_KEYS = [
  BEGIN,
  TELL,
  PUT_BACK,
  script`
  put_back
  rm -rf "$stage"
  tell
  put end
`,
].join("\n");

/** Removes what is left over, the old keys too. */
export const REMOVE_STAGE = script`
  rm -rf "$stage"
  put end
`;
