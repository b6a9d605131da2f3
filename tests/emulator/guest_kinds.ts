/** Runs the same tests against every kind of guests. */

// A guest with a real sshd boots, and each login starts some processes: a second or two on a busy machine.

/** The kinds of guests with a login. */
export type Kind = "ssh2" | "sshd";

/** What a jest project puts there as its `globals`; its configuration is the only one to write this. */
interface Projects {
  /** Why guests with a real sshd cannot be made on this machine, as jest.config.js finds; null where they can. */
  readonly noSshd?: string | null;
  /** The kinds of guests that this project tests, where a file tests each. Default all. */
  readonly guestKinds?: readonly Kind[];
}

const { noSshd: obstacle = null, guestKinds = ["ssh2", "sshd"] } = globalThis as Projects;

/** Why guests with a real sshd cannot be made on this machine; null where they can. */
export const noSshd = obstacle;

/** One `describe` a kind of this project; one that cannot be had here is skipped, and says why in its title. */
export function describeGuests(tests: (guests: Kind) => void): void {
  if (guestKinds.includes("ssh2")) describe("with guests of this process's own SSH server", () => tests("ssh2"));
  // tests/openapi/environment.ts knows this title.
  if (guestKinds.includes("sshd")) describeSshd("with guests of a real sshd", () => tests("sshd"));
}

/** A `describe` for guests with a real sshd only. */
export function describeSshd(title: string, tests: () => void): void {
  if (noSshd === null) describe(title, tests);
  else describe.skip(`${title} (skipped: ${noSshd})`, tests);
}
