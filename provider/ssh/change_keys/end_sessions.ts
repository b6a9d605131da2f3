import { ExoscaleSshError } from "../../errors";
import { commandBounds } from "../connection/host_access";
import { runScriptAs } from "../host_files/run_script";
import { script } from "../host_files/shell_text";
import type { HostSession } from "./host_session";

/**
 * sshd names the process of each connection after its user: `sshd: user@pts/0`, `sshd: user` if it only forwards ports,
 * and `sshd-session: user@pts/0` from OpenSSH 9.8 on. The process runs as that user, so the user may end it. The
 * ancestors of this script are our own session.
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

/** What happened to the other sessions. */
export interface SessionsEnded {
  readonly endedSessions: number;
  /** Why sessions may still be open, for people. */
  readonly notes: readonly string[];
}

/**
 * Ends the other SSH sessions of the account that the host shows, as the account itself. A failure of the host or the
 * network becomes a note and never rejects: the keys are already closed.
 */
export async function endOtherSessions({ session, facts, change, access }: HostSession): Promise<SessionsEnded> {
  try {
    const text = { text: END_SESSIONS, variables: { account: change.user } };
    const answer = await runScriptAs(session, facts, change.user, text, commandBounds(access));
    if ("refused" in answer) return notEnded(answer.refused);
    return { endedSessions: (answer.text("ended") ?? "").length, notes: [] };
  } catch (error) {
    if (error instanceof ExoscaleSshError) return notEnded(error.message);
    throw error;
  }
}

const notEnded = (why: string): SessionsEnded => ({
  endedSessions: 0,
  notes: [`Open sessions were not ended: ${why}`],
});
