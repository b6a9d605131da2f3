import { script } from "./shell_text";

/*
 * Where the expected text and the new one come from. Both define `has_before`, whether the file has the expected text;
 * `write_after FILE`, which writes the new one; and `put_back`.
 */

/** The texts are in the variables `$before` and `$after`. Not every host has cmp; od can do the same. */
export const FROM_TEXT = script`
  has_before() {
    if command -v cmp >/dev/null 2>&1; then
      case $before in
        *"$line_end") text_is "\${before%"$line_end"}" && return;;
      esac
      show "$before" | cmp -s - "$file"
    else
      [ "$(show "$before" | od -An -v -tx1)" = "$(od -An -v -tx1 <"$file")" ]
    fi
  }
  # Many shells start no process for this. Others need a file in /tmp, which may be full.
  text_is() {
    cmp -s - "$file" 2>/dev/null <<END
    $1
    END
  } 2>/dev/null
  # In case of failure a program says why. Shells do not.
  write_after() {
    show "$after" >"$1" 2>/dev/null && said= && return
    said=$({ show "$after" 2>/dev/null | cat >"$1"; } 2>&1)
  }
  put_back() {
    show "$before" | dd of="$file" bs="$old" conv=notrunc 2>/dev/null
  }
`;

/** Standard input has both texts: `$old` bytes, then `$new`. */
export const FROM_UPLOAD = script`
  make_stage
  said=$({ cat >"$stage/all"; } 2>&1) || fail "cannot write in $dir"
  # If the size differs, the connection ended early.
  [ "$(($(wc -c <"$stage/all")))" -eq "$((old + new))" ] || fail "the upload is not complete"
  # From a file, dd reads the full block at once.
  said=$({
    { [ "$old" = 0 ] || dd bs="$old" count=1; } >"$stage/old" && cat >"$stage/content"
  } 2>&1 <"$stage/all") || fail "cannot write in $dir"
  rm "$stage/all"
  [ "$(($(wc -c <"$stage/content")))" -eq "$new" ] || fail "cannot write in $dir"
  has_before() {
    if command -v cmp >/dev/null 2>&1; then
      cmp -s "$stage/old" "$file"
    else
      [ "$(od -An -v -tx1 <"$stage/old")" = "$(od -An -v -tx1 <"$file")" ]
    fi
  }
  write_after() {
    said=$({ cat "$stage/content" >"$1"; } 2>&1)
  }
  put_back() {
    dd if="$stage/old" of="$file" bs="$old" conv=notrunc 2>/dev/null
  }
`;
