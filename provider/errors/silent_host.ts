/**
 * What the errors of a host that does not answer guess. Whoever knows the firewall of the host puts what it says in the
 * place of the guess, so that a text does not say both.
 */
interface Guess {
  readonly text: string;
  /** What remains of it if the firewall lets everybody in. */
  readonly ifLetIn: string;
}

/** The guesses, by what a connection meets. */
export const silentHostGuesses = {
  timeout: {
    text: "Probably no security group opens this TCP port to this machine, or the instance does not run.",
    ifLetIn:
      "The instance's security groups open this port to everybody: does the instance run, and does it have a firewall of " +
      "its own?",
  },
  dropped: {
    text:
      "Probably no security group opens this TCP port to this machine. If one does, sshd is still starting, or limits " +
      "connections: wait a minute and try again.",
    ifLetIn: "sshd is still starting, or limits connections: wait a minute and try again.",
  },
} as const satisfies Record<string, Guess>;

/** A text about a silent host in which what its firewall says takes the place of the guess, or follows the text. */
export function withFirewall(text: string, firewall: "lets everybody in" | { readonly says: string }): string {
  const guess: Guess | undefined = Object.values(silentHostGuesses).find((each) => text.includes(each.text));
  if (firewall === "lets everybody in") return guess ? text.replace(guess.text, () => guess.ifLetIn) : text;
  return guess ? text.replace(guess.text, () => firewall.says) : `${text} ${firewall.says}`;
}
