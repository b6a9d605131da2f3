import { ExoscaleSshError } from "../../errors";
import { commandBounds } from "../connection/host_access";
import { runScriptAs } from "../host_files/run_script";
import { script } from "../host_files/shell_text";
import type { HostSession } from "./host_session";

/**
 * sshd names the process of each connection after its user: `sshd: user@pts/0`, `sshd: user` where it only forwards ports,
 * and `sshd-session: user@pts/0` from OpenSSH 9.8 on. It runs as that user, who may therefore end it. Our own are the
 * ancestors of this script.
 */
const END_SESSIONS = script`
  all=$(ps -A -o pid= -o ppid= -o args= 2>/dev/null) || all=$(ps -o pid,ppid,args 2>/dev/null)
  parent_of() {
    printf '%s\n' "$all" | while read -r pid ppid args; do
      [ "$pid" != "$1" ] || printf '%s' "$ppid"
    done
  }
  mine=" $$ "
  pid=$$
  while pid=$(parent_of "$pid") && [ "\${pid:-1}" != 1 ] && [ "$pid" != 0 ]; do
    mine="$mine$pid "
  done
  ended=$(printf '%s\n' "$all" | while read -r pid ppid args; do
    case $args in
      "sshd: $account" | "sshd: $account@"* | "sshd-session: $account" | "sshd-session: $account@"*) ;;
      *) continue;;
    esac
    case $mine in *" $pid "*) ;; *) kill -TERM "$pid" 2>/dev/null && printf 'x';; esac
  done)
  put ended "$ended"
  put end
`;

/** What became of other sessions. */
export interface SessionsEnded {
  readonly endedSessions: number;
  /** Why none may have been ended, for a person. */
  readonly notes: readonly string[];
}

/**
 * Ends the other SSH sessions of the account, as the account itself, as far as the host shows them. Rejects for nothing
 * that a host or a network does: the keys are closed by now.
 */
export async function endOtherSessions({ session, look, change, access }: HostSession): Promise<SessionsEnded> {
  try {
    const text = { text: END_SESSIONS, variables: { account: change.user } };
    const said = await runScriptAs(session, look, change.user, text, commandBounds(access));
    if ("refused" in said) return notEnded(said.refused);
    return { endedSessions: (said.text("ended") ?? "").length, notes: [] };
  } catch (error) {
    if (error instanceof ExoscaleSshError) return notEnded(error.message);
    throw error;
  }
}

const notEnded = (why: string): SessionsEnded => ({
  endedSessions: 0,
  notes: [`Open sessions were not ended: ${why}`],
});
