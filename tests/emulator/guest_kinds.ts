/** Runs the same tests against every kind of guests. */

// A guest with a real sshd boots, and each login starts some processes: a second or two on a busy machine.

/** The kinds of guests with a login. */
export type Kind = "ssh2" | "sshd";

/** Why this machine cannot have guests with a real sshd, from jest.config.js; null when it can. */
// jest puts a project's globals there, and only its configuration writes this one.
export const noSshd = (globalThis as { readonly noSshd?: string | null }).noSshd ?? null;

/** One `describe` per kind. A kind that this machine cannot have is skipped, with the reason in its title. */
export function describeGuests(tests: (guests: Kind) => void): void {
  describe("with guests of this process's own SSH server", () => tests("ssh2"));
  describeSshd("with guests of a real sshd", () => tests("sshd"));
}

/** A `describe` for guests with a real sshd only. */
export function describeSshd(title: string, tests: () => void): void {
  if (noSshd === null) describe(title, tests);
  else describe.skip(`${title} (skipped: ${noSshd})`, tests);
}
