/** Runs the same statements about guests against every kind of them. */

// A guest with a real sshd boots, and each login is some processes: a second or two where all cores are busy.

/** The kinds of guests that there are to log in to. */
export type Kind = "ssh2" | "sshd";

/** Why guests with a real sshd cannot be made on this machine, as jest.config.js finds; null where they can. */
// jest puts a project's globals there, and its configuration is the only one to write this.
export const noSshd = (globalThis as { readonly noSshd?: string | null }).noSshd ?? null;

/** One `describe` a kind; one that cannot be had here is skipped, and says why in its title. */
export function describeGuests(tests: (guests: Kind) => void): void {
  describe("with guests of this process's own SSH server", () => tests("ssh2"));
  describeSshd("with guests of a real sshd", () => tests("sshd"));
}

/** A `describe` for guests with a real sshd alone. */
export function describeSshd(title: string, tests: () => void): void {
  if (noSshd === null) describe(title, tests);
  else describe.skip(`${title} (skipped: ${noSshd})`, tests);
}
