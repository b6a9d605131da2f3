import { runScriptAs } from "../host_files/run_script";
import { script } from "../host_files/shell_text";
import type { Visit } from "./visit";

/**
 * sshd names the process of each session after its user (`sshd: user@pts/0`; `sshd-session: user@pts/0` from OpenSSH 9.8
 * on). It runs as that user, who may therefore end it. Our own are the ancestors of this script.
 */
const END_SESSIONS = script`
  all=$(ps -A -o pid= -o ppid= -o args= 2>/dev/null) || all=$(ps -o pid,ppid,args 2>/dev/null)
  parent_of() {
    printf '%s\n' "$all" | while read -r pid ppid args; do
      [ "$pid" = "$1" ] && printf '%s' "$ppid"
    done
  }
  mine=" $$ "
  pid=$$
  while pid=$(parent_of "$pid") && [ "\${pid:-1}" != 1 ] && [ "$pid" != 0 ]; do
    mine="$mine$pid "
  done
  ended=$(printf '%s\n' "$all" | while read -r pid ppid args; do
    case $args in "sshd: $account@"* | "sshd-session: $account@"*) ;; *) continue;; esac
    case $mine in *" $pid "*) ;; *) kill -TERM "$pid" 2>/dev/null && printf 'x';; esac
  done)
  put ended "$ended"
  put end
`;

/** Ends the other SSH sessions of the account, as the account itself. @returns how many; 0 where the host shows none */
export async function endOtherSessions({ session, look, change }: Visit): Promise<number> {
  const variables = { account: change.user };
  const said = await runScriptAs(session, look, change.user, { text: END_SESSIONS, variables });
  return "refused" in said ? 0 : (said.text("ended") ?? "").length;
}
