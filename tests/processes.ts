/** Ends processes, and those that they have started meanwhile, until none is left. @param find what is there now */
export function killUntilNone(find: () => readonly number[]): void {
  for (let pids = find(); pids.length > 0; pids = find()) killAll(pids);
}

/** Ends processes at once, also those that end with the one killed before them. @throws what the system says but that */
export function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}
