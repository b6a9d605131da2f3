import { type AuthorizedEntry, entriesOf } from "./entry";
import { nameOf, roleOf, sameOptions } from "./options";

/** A file with the lines of keys. */
export interface KeyFile {
  readonly path: string;
  readonly bytes: Buffer;
  /** sshd may read it before the other files, after them or not at all. Default: it reads them in their order. */
  readonly isUncertain?: boolean;
}

/** A line of a key, and the file that has it. */
export interface PlacedLine extends Pick<AuthorizedEntry, "line" | "options" | "fingerprintSha256"> {
  readonly path: string;
}

/**
 * The lines that let a key in without the options that its own line has (auth2-pubkeyfile.c). sshd takes the lines of
 * all files in turn, and uses the first one whose conditions hold, such as `from=`. So an earlier line has to have the same
 * options, and a later one the same conditions at least: without conditions no later line is reached. Certificates of an
 * authority are looked up on lines of their own, and whoever has the key can certify it: see `isHarmlessToOther`.
 *
 * A line that this sshd ignores counts too: the next version may know its options.
 */
export function linesAgainst(
  fingerprintSha256: string,
  options: readonly string[],
  files: readonly KeyFile[],
): PlacedLine[] {
  if (options.length === 0) return [];
  const isOfKey = (entry: AuthorizedEntry) => entry.fingerprintSha256 === fingerprintSha256;
  const lines = files.flatMap((file) =>
    entriesOf(file.bytes)
      .filter(isOfKey)
      .map((entry) => ({ file, entry })),
  );
  const own = lines.findIndex(({ entry }) => sameOptions(entry.options, options));
  const isHarmless = ({ file, entry }: (typeof lines)[number], at: number) => {
    if (sameOptions(entry.options, options)) return true;
    if (roleOf(entry.options) !== roleOf(options)) return isHarmlessToOther(entry.options, options);
    return (
      own !== -1 &&
      at > own &&
      file.isUncertain !== true &&
      includesAll(conditionsOf(entry.options), conditionsOf(options))
    );
  };
  return lines
    .filter((line, at) => !isHarmless(line, at))
    .map(({ file: { path }, entry: { line, options: others } }) => ({
      path,
      line,
      options: others,
      fingerprintSha256,
    }));
}

/**
 * Whether a line leaves the options of the other one true, of which one lets in the key and one its certificates. A line
 * of the key lets in no certificate. But an authority whose options are not those of the key opens the account to whoever
 * has the key, so it does not go beside a key with options, whichever comes first.
 */
function isHarmlessToOther(others: readonly string[], options: readonly string[]): boolean {
  if (roleOf(options) === "authority" && others.length === 0) return true;
  return sameOptions(rightsOf(others), rightsOf(options));
}

/** What a key may do once it is let in, and from where. */
function rightsOf(options: readonly string[]): string[] {
  return options.filter((option) => !["cert-authority", "principals"].includes(nameOf(option)));
}

/** Without `principals=`, a certificate has to have the name of the account. */
function conditionsOf(options: readonly string[]): string[] {
  const conditions = options.filter((option) => ["from", "expiry-time", "principals"].includes(nameOf(option)));
  const isForAccount = roleOf(options) === "authority" && !options.some((option) => nameOf(option) === "principals");
  return isForAccount ? [...conditions, "principals"] : conditions;
}

function includesAll(conditions: readonly string[], others: readonly string[]): boolean {
  return others.every((other) => conditions.some((condition) => sameOptions([condition], [other])));
}
