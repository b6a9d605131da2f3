// Generates the SDKs for TypeScript and other languages from schema.json into sdks/.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeExit } from "../process/leave.mjs";
import { mustRun } from "../process/run.mjs";
import { whyNoGo } from "../setup/go_build.mjs";
import { withLock } from "../setup/lock.mjs";
import { checkoutLock, hash, nodeModules, root } from "../setup/paths.mjs";
import { ensureGenerator, generatorHash } from "./generator.mjs";
import { languages } from "./languages.mjs";

const schema = join(root, "schema.json");

/** The languages of the SDKs, by Pulumi's names. */
export const sdkLanguages = Object.keys(languages);

/**
 * Installs what the SDK of a language needs.
 *
 * @param {string} language
 * @returns {Promise<string | undefined>} why its SDK cannot be made here; undefined if it can
 */
export async function whyNoSdk(language) {
  const obstacle = await whyNoGo();
  if (obstacle) return `Pulumi's code generator has to be built with Go, but ${obstacle}`;
  try {
    await languages[language]?.prepare?.();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Generates and builds an SDK, unless it was made from the same schema.
 *
 * @param {string} language
 * @param {string} node the path of Node 24
 */
export async function makeSdk(language, node) {
  if (isMade(language)) return;
  const generator = await ensureGenerator();
  await withLock(checkoutLock, `making the SDK for ${language}`, async () => {
    if (!isMade(language)) await generate(generator, language, node);
  });
}

/** @param {string} generator @param {string} language @param {string} node */
async function generate(generator, language, node) {
  const fresh = join(root, "sdks", `.fresh-${language}-${process.pid}`);
  const clean = beforeExit(() => rmSync(fresh, { recursive: true, force: true }));
  try {
    await mustRun(generator, [schema, language, fresh], { cwd: root });
    await languages[language]?.build(fresh, node);
    rmSync(folderOf(language), { recursive: true, force: true });
    renameSync(fresh, folderOf(language));
    mkdirSync(dirname(stampOf(language)), { recursive: true });
    writeFileSync(stampOf(language), source());
  } finally {
    await clean();
  }
}

/** @param {string} language */
function isMade(language) {
  const stamp = stampOf(language);
  return existsSync(folderOf(language)) && existsSync(stamp) && readFileSync(stamp, "utf8") === source();
}

/** @param {string} language */
const folderOf = (language) => join(root, "sdks", language);

/** @param {string} language */
const stampOf = (language) => join(nodeModules, ".cache", "pulumi-exoscale-ssh", `sdk-${language}`);

const source = () => hash(generatorHash, readFileSync(schema));
