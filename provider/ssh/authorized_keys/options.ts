import { breaksLines, cleanComment } from "../../keys/comment";
import { type OptionValue, optionValue } from "./option_values";
import { splitOptions } from "./quotes";

/** Options without a value, which sshd also accepts with the prefix `no-`. */
const switches = [
  "agent-forwarding",
  "port-forwarding",
  "pty",
  "touch-required",
  "user-rc",
  "verify-required",
  "x11-forwarding",
];
const flagNames = new Set(["cert-authority", "restrict", ...switches, ...switches.map((flag) => `no-${flag}`)]);

/** The options of the manual, for error messages. */
const MANUAL_OPTIONS =
  "agent-forwarding, cert-authority, command=, environment=, expiry-time=, from=, no-agent-forwarding, no-port-forwarding, " +
  "no-pty, no-touch-required, no-user-rc, no-X11-forwarding, permitlisten=, permitopen=, port-forwarding, principals=, " +
  "pty, restrict, tunnel=, user-rc, verify-required and X11-forwarding";

/** The name of an option in lower case, without a value: `From="10.0.0.1"` is `from`. */
export function nameOf(option: string): string {
  return (option.split("=", 1)[0] ?? "").toLowerCase();
}

/** What a line lets in: the key itself, or certificates that the key has signed (`cert-authority`). */
export type LineRole = "key" | "authority";

export const lineRoles: readonly LineRole[] = ["key", "authority"];

/** What a line with these options lets in. */
export function roleOf(options: readonly string[]): LineRole {
  return options.some((option) => nameOf(option) === "cert-authority") ? "authority" : "key";
}

/** Whether two lists of options are equal. The case of names does not count, the order does, as with `restrict,pty`. */
export function sameOptions(a: readonly string[], b: readonly string[]): boolean {
  const text = (options: readonly string[]) =>
    options.map((option) => nameOf(option) + option.slice(nameOf(option).length)).join();
  return text(a) === text(b);
}

/**
 * Says in a sentence what is wrong with the options of a program, and what to write instead. Each option is an item of
 * its own, such as `from="192.0.2.0/24"`. This is stricter than sshd, which accepts some options that nobody can log in
 * with.
 *
 * @returns undefined if the options are good
 */
export function checkLineOptions(options: readonly string[]): string | undefined {
  return first(options, whyMalformed) ?? first(options, whyUseless) ?? end(whyRefusedTogether(options));
}

/**
 * Why sshd ignores a line with these options, as the end of a sentence. This knows the options of OpenSSH 9.2; a later
 * version may have more.
 */
export function whySshdRefuses(options: readonly string[]): string | undefined {
  return first(options, whyNotParsed) ?? whyRefusedTogether(options);
}

function whyNotParsed(option: string): string | undefined {
  if (flagNames.has(option.toLowerCase())) return undefined;
  const kind = optionValue(nameOf(option));
  if (!kind) return `its option ${shown(option)} is not known`;
  const value = quotedValue(option);
  if (value === undefined) return `the quotes of its option ${shown(option)} are wrong`;
  return kind.isAccepted(value) ? undefined : `the value of its option ${shown(option)} is malformed`;
}

function whyMalformed(option: string): string | undefined {
  if (breaksLines(option)) return `Option ${shown(option)} contains control characters or line breaks; remove them.`;
  const [only = "", ...more] = splitOptions(option);
  if (more.length > 0) return `${shown(option)} is more than one option; make each an item of the list.`;
  if (only !== option || option !== option.trim() || option === "") {
    return `${shown(option)} is no option: leave out blanks and commas around it.`;
  }
  if (flagNames.has(option.toLowerCase())) return undefined;
  const name = nameOf(option);
  const kind = optionValue(name);
  if (kind && quotedValue(option) === undefined) {
    return `Option ${shown(option)} needs one value in double quotes, with \\" for a quote inside: ${name}="${kind.example}".`;
  }
  return kind ? undefined : unknown(option);
}

function unknown(option: string): string {
  const flag = nameOf(option);
  if (flag !== option && flagNames.has(flag)) return `Option ${flag} takes no value; write ${flag} alone.`;
  return `${shown(option)} is no option of authorized_keys; there are ${MANUAL_OPTIONS}.`;
}

function whyUseless(option: string): string | undefined {
  const why = optionValue(nameOf(option))?.problem(quotedValue(option) ?? "");
  return why && `Option ${shown(option)}: ${why}.`;
}

/** Options that sshd accepts alone but not together. */
function whyRefusedTogether(options: readonly string[]): string | undefined {
  const names = options.map(nameOf);
  const twice = names.find((name, at) => isOnce(optionValue(name)) && names.indexOf(name) !== at);
  if (twice !== undefined) return `it has option ${twice}= more than once`;
  if (names.includes("principals") && !names.includes("cert-authority")) {
    return "its option principals= is for a line with cert-authority only";
  }
  return undefined;
}

function isOnce(kind: OptionValue | undefined): boolean {
  return kind?.once ?? false;
}

/** The value in the quotes, with `\"` turned into quotes; undefined if the option is not `name="value"`. */
function quotedValue(option: string): string | undefined {
  const quoted = /^[a-z-]+="((?:[^"\\]|\\"|\\(?!"))*)"$/is.exec(option)?.[1];
  return quoted?.replaceAll('\\"', '"');
}

function shown(option: string): string {
  return JSON.stringify(cleanComment(option.length > 80 ? `${option.slice(0, 80)}...` : option));
}

function end(reason: string | undefined): string | undefined {
  return reason && `sshd would refuse the whole line: ${reason}; change that.`;
}

function first(options: readonly string[], problem: (option: string) => string | undefined): string | undefined {
  for (const option of options) {
    const result = problem(option);
    if (result !== undefined) return result;
  }
  return undefined;
}
