// What is asked for on the command line.
import { existsSync } from "node:fs";
import { join } from "node:path";
// CommonJS, for jest.config.js.
import tiers from "../../tests/tiers.js";
import { root } from "../setup/paths.mjs";

/**
 * @typedef {object} Request
 * @property {"quick" | "rest" | "all" | "chosen"} tier `rest` is `all` without `quick`; `chosen` are files that were named
 * @property {string | undefined} tally a file for the count of several runs
 * @property {string[]} jest arguments for jest
 */

/**
 * `--all` and `--rest` choose the tests, `--tally FILE` adds the count to that of an earlier run. Everything else is for
 * jest.
 *
 * @param {readonly string[]} args
 * @returns {Request}
 */
export function readRequest(args) {
  const jest = [...args];
  const isAll = take(jest, "--all");
  const isRest = take(jest, "--rest");
  const at = jest.indexOf("--tally");
  const [, tally] = at < 0 ? [] : jest.splice(at, 2);
  if (isRest) return { tier: "rest", tally, jest };
  if (isAll) return { tier: "all", tally, jest };
  return { tier: jest.some(choosesFiles) ? "chosen" : "quick", tally, jest };
}

/** @param {string[]} args @param {string} flag @returns {boolean} */
function take(args, flag) {
  const at = args.indexOf(flag);
  if (at >= 0) args.splice(at, 1);
  return at >= 0;
}

/** @param {string} arg @returns {boolean} */
function choosesFiles(arg) {
  if (arg.startsWith("-")) return /^--(selectProjects|testPathPatterns?|runTestsByPath|findRelatedTests)\b/.test(arg);
  return arg.includes(".test") || existsSync(join(root, arg));
}

/** @param {Request} request @returns {boolean} whether it is a whole tier, of which nothing may be skipped in CI */
export const isWhole = ({ tier, jest }) =>
  tier !== "chosen" && (jest.length === 0 || (shardOf(jest) !== undefined && jest.length <= 2));

/** @param {Request} request @returns {boolean} whether its programs are in other languages, which need SDKs and hosts */
export function needsOtherLanguages({ tier, jest }) {
  if (tier === "quick") return false;
  if (tier !== "chosen") return true;
  const named = jest.filter((arg) => !arg.startsWith("-")).flatMap((arg) => /(\w+)\.test\.ts$/.exec(arg)?.[1] ?? []);
  // A folder, a pattern or a project may have any of them.
  return named.length === 0
    ? jest.some((arg) => arg.includes("e2e"))
    : named.some((file) => tiers.OTHER_LANGUAGE_FILES.includes(file));
}

/**
 * @param {Request} request
 * @returns {boolean} whether it checks style and types, and not another run of the same tests or another machine
 */
export const isFirst = ({ tier, jest }) => tier !== "rest" && (shardOf(jest) ?? "1/1").startsWith("1/");

/** @param {readonly string[]} jest @returns {string | undefined} such as "1/4" */
export function shardOf(jest) {
  const at = jest.findIndex((arg) => /^--shard\b/.test(arg));
  return at < 0 ? undefined : (jest[at]?.split("=")[1] ?? jest[at + 1]);
}
