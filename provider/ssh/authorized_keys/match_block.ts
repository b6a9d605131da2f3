/** The account that logs in, as far as `Match` lines ask about it. */
export interface MatchedAccount {
  readonly user: string;
  /** Names of its groups; absent if they are not known. */
  readonly groups?: readonly string[];
}

/**
 * Whether a `Match` block of sshd_config(5) applies to every login to an account, or to none.
 *
 * @param criteria the words after `Match`, without quotes
 * @returns undefined if that depends on the client, or the line is not understood
 */
export function matchApplies(criteria: readonly string[], account: MatchedAccount): boolean | undefined {
  const answers = [...criterionAnswers(criteria, account)];
  if (answers.includes(false)) return false;
  return answers.length === 0 || answers.includes(undefined) ? undefined : true;
}

function* criterionAnswers(criteria: readonly string[], account: MatchedAccount): Generator<boolean | undefined> {
  for (let at = 0; at < criteria.length; at++) {
    const [name = "", ...given] = (criteria[at] ?? "").split("=");
    const flag = flags.get(name.toLowerCase());
    if (flag === undefined) {
      if (given.length === 0) at++;
      yield answerTo(name.toLowerCase(), given.length > 0 ? given.join("=") : (criteria[at] ?? ""), account);
    } else yield flag;
  }
}

/** Criteria without a value. The account exists. */
const flags = new Map([
  ["all", true],
  ["invalid-user", false],
]);

function answerTo(name: string, patterns: string, { user, groups }: MatchedAccount): boolean | undefined {
  if (name === "user") return inPatternList([user], patterns);
  return name === "group" && groups ? inPatternList(groups, patterns) : undefined;
}

/** As match_pattern_list of OpenSSH: a pattern with `!` excludes, and another one has to match. */
function inPatternList(names: readonly string[], list: string): boolean {
  const patterns = list.split(",");
  const isAnyOf = (pattern: string) => names.some((name) => takes(pattern, name));
  if (patterns.some((pattern) => pattern.startsWith("!") && isAnyOf(pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith("!") && isAnyOf(pattern));
}

/**
 * As match_pattern of OpenSSH. Only the last star that was met is tried again, so that a pattern with many of them costs
 * little: somebody else may have written it.
 */
function takes(pattern: string, name: string): boolean {
  let [at, star, rest] = [0, -1, 0];
  for (let read = 0; read < name.length; ) {
    if (pattern[at] === "*") {
      [star, rest] = [at, read];
      at++;
    } else if (pattern[at] === "?" || pattern[at] === name[read]) {
      at++;
      read++;
    } else if (star >= 0) {
      rest++;
      [at, read] = [star + 1, rest];
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}
